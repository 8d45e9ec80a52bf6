"""Who may sign up as policies have it now (``admission`` is the rule)."""

from idp.accounts.errors import NoWaitlist, RegistrationClosed
from idp.accounts.fields.effective import rules_at
from idp.accounts.policies.effective import (
    ALL_PEOPLE,
    Places,
    at_client,
    decided_for,
    effective,
    in_organization,
)
from idp.accounts.policies.keys import (
    APPROVAL,
    CLOSED,
    INVITE,
    OPEN,
    PASSWORD,
    REGISTRATION,
    REGISTRATION_DOMAINS,
    SIGN_IN_METHODS,
    WAITLIST,
    Scope,
)
from idp.accounts.policies.ways import sole_provider_at
from idp.accounts.profile.rules import FieldRules
from idp.accounts.registration.admission import (
    Admission,
    AdmissionRefusal,
    address_refusal,
    refusal_of,
    waits_for_operator,
)


def find_refusal(
    admission: Admission, address: str | None = None
) -> AdmissionRefusal | None:
    """Say why nobody is let in with an admission, with an address if one is known."""
    places = _places(admission)
    refused = refusal_of(admission, _mode_in(places))
    if refused or address is None:
        return refused
    domains = effective(REGISTRATION_DOMAINS, places)
    return address_refusal(admission, address, domains=domains)


def sign_up_mode(admission: Admission) -> str:
    """Return who may sign up there; nobody, where a password would not open it."""
    if PASSWORD not in effective(SIGN_IN_METHODS):
        return CLOSED
    return _mode_in(_places(admission))


def needs_approval(admission: Admission) -> bool:
    """Tell whether an account that is made now waits for an operator."""
    mode = effective(REGISTRATION, _places(admission))
    return waits_for_operator(admission, mode)


def rules_for(admission: Admission) -> FieldRules:
    """Return what is asked of who signs up."""
    return rules_at(_places(admission))


def closed_for(
    admission: Admission, address: str | None = None
) -> AdmissionRefusal | None:
    """Say the same of a sign-up by a password or passkey.

    Where policies let nobody sign in with a password, nobody is let in, nor at a domain
    whose provider is the only way in.
    """
    if PASSWORD not in effective(SIGN_IN_METHODS):
        return AdmissionRefusal.CLOSED
    refused = find_refusal(admission, address)
    if refused or address is None or not sole_provider_at(address):
        return refused
    return AdmissionRefusal.PROVIDER


def waitlist_open() -> bool:
    """Tell whether one can ask for a place: here, or for the way to some client.

    Owners of organizations decide too, and open none: it mails whom anybody names.
    """
    mode, at_clients = effective(REGISTRATION), decided_for(REGISTRATION, Scope.CLIENT)
    somewhere = WAITLIST in at_clients.values()
    return mode == WAITLIST or (somewhere and mode in (OPEN, APPROVAL))


def require_waitlist() -> None:
    """Raise NoWaitlist where one cannot ask for a place."""
    if not waitlist_open():
        raise NoWaitlist


def require_open(admission: Admission, address: str | None = None) -> None:
    """Raise RegistrationClosed for who is not let in with a password or passkey."""
    refused = closed_for(admission, address)
    if refused:
        raise RegistrationClosed(refused.value)


def _mode_in(places: Places) -> str:
    """Return who may sign up; by invite alone where there is no waitlist to ask."""
    mode = effective(REGISTRATION, places)
    return INVITE if mode == WAITLIST and not waitlist_open() else mode


def _places(admission: Admission) -> Places:
    """Return where policies about a sign-up may be."""
    places = at_client(ALL_PEOPLE, admission.client_id)
    return in_organization(places, admission.organization_id)
