"""Making the account of somebody who comes by a provider for the first time."""

from collections.abc import Iterator
from dataclasses import replace

from idp.accounts.errors import EmailTaken, InvalidInput, NotSignedIn, UsernameTaken
from idp.accounts.events import AddressUnproven
from idp.accounts.names import canonical_email
from idp.accounts.profile.attributes.definitions import Editor
from idp.accounts.profile.attributes.told import told_values
from idp.accounts.profile.rules import FieldRules, lacking
from idp.accounts.profile.usernames import is_username_free
from idp.accounts.registration.add_user import add_user
from idp.accounts.registration.admission import Admission
from idp.accounts.registration.new_account import (
    NewAccount,
    account_problems,
    refuse_problems,
)
from idp.accounts.registration.policy import find_refusal, needs_approval, rules_for
from idp.accounts.registration.sign_up import Registrant, refuse_kept_username
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.terms.acceptance import covers, require_accepted
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.errors import FieldError
from idp.core.events import publish
from idp.federation.links.rows import add_link
from idp.federation.sign_in.entry import complete
from idp.federation.sign_in.outcomes import AwaitsApproval, SignedUp, Visit
from idp.federation.sign_in.situation import admission_at, domain_fits
from idp.federation.upstream.identity import UpstreamIdentity
from idp.security import audit
from idp.security.ratelimit.budgets import REGISTER_IP
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester


def count_try(requester: Requester) -> None:
    """Count a sign-up on the budget of its network; raises RateLimited.

    Before the first write: it counts on a connection of its own.
    """
    REGISTER_IP.meter(network_of(requester.ip)).count()


def wanted_by(identity: UpstreamIdentity) -> NewAccount:
    """Return the account that an identity makes; a username that is taken is left out.

    Without an address ``email`` is empty.
    """
    known = dict(identity.profile)
    username = known.get("username")
    if username and not is_username_free(username):
        del known["username"]
    by = f"provider:{identity.provider_id}"
    told = told_values(identity.attributes, editor=Editor.USER, by=by)
    wanted = NewAccount(identity.email or "", attributes=told or None)
    return wanted.saying(known).trimmed()


def missing_fields(wanted: NewAccount, rules: FieldRules) -> tuple[str, ...]:
    """Return what a user has to say themselves before there is an account.

    Of attributes their keys.
    """
    given = wanted.attributes or {}
    missing = lacking(rules.needed_on_pages, wanted.said, attributes=given)
    address = () if wanted.email else ("email",)
    terms = () if covers(wanted.accepted) else ("accept_terms",)
    return (*address, *missing, *terms)


def try_to_sign_up(
    identity: UpstreamIdentity,
    *,
    visit: Visit,
    verified: bool,
) -> SignedUp | None:
    """Make an account of what a provider told; None where that is not enough."""
    wanted = wanted_by(identity)
    if missing_fields(wanted, rules_for(visit.admission)):
        return None
    try:
        return sign_up(wanted, identity, visit=visit, verified=verified)
    except (EmailTaken, InvalidInput, UsernameTaken):
        return None


def sign_up(
    wanted: NewAccount,
    identity: UpstreamIdentity,
    *,
    visit: Visit,
    verified: bool,
) -> SignedUp:
    """Make an account without a password, link it, and sign its user in.

    Unless its address is ``verified`` the proof is mailed. Raises TermsRequired,
    InvalidInput, EmailTaken and UsernameTaken, with nothing written, and NotSignedIn.
    """
    wanted = replace(wanted, email=canonical_email(wanted.email)).trimmed()
    refuse_problems(_problems(wanted, visit))
    refuse_kept_username(wanted)
    require_accepted(wanted.accepted)
    admission = _admit(visit, wanted.email, proven=verified)
    by, waits = Registrant(visit.registration), needs_approval(admission)
    user = add_user(
        wanted,
        needs_approval=waits,
        email_verified_at=utcnow() if verified else None,
        **({} if verified else by.columns()),
    )
    if not add_link(user.id, identity):  # at the same time, in another window
        raise NotSignedIn
    audit.record("register", user_id=user.id, by=f"provider:{identity.provider_id}")
    audit.record("provider.linked", user_id=user.id, provider=identity.provider_id)
    if not verified:
        requester = visit.request.requester
        publish(AddressUnproven(user, visit.ahead.return_to, requester=requester))
    if waits:
        return AwaitsApproval()
    outcome = complete(user, identity, visit=visit)
    if outcome is None:
        return visit.decline("account", user_id=user.id)
    if isinstance(outcome, SignedIn) and not verified:
        user.registration_session_id = outcome.session.id
        db.session.flush()
    return visit.arrive(outcome)


def _admit(visit: Visit, address: str, *, proven: bool) -> Admission:
    """Return what lets an address in, used up; raises InvalidInput and NotSignedIn."""
    admission = admission_at(visit, address, proven=proven)
    if find_refusal(admission, address):
        raise InvalidInput([FieldError("email", "other_domain")])
    if not admission.spend():  # at the same time, by the mailed link
        raise NotSignedIn
    return admission


def _problems(wanted: NewAccount, visit: Visit) -> Iterator[FieldError]:
    """Yield what no account of this provider can be; what it tells is never hidden."""
    rules, provider = rules_for(visit.admission), visit.provider
    yield from account_problems(wanted, rules=replace(rules, hidden=frozenset()))
    if "name" in rules.on_pages and not wanted.name:
        yield FieldError("name", "required", word="profile.required")
    if wanted.email and not domain_fits(wanted.email, provider):
        yield FieldError("email", "other_domain")
