"""Who may sign up: the one rule for every door that makes an account (pure).

Policies say who may, here, at the client that waits and in the organization that
invites; all of them count. What somebody brings along may let them in all the same.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from idp.accounts.names import domain_of, email_key
from idp.accounts.policies.keys import APPROVAL, CLOSED, OPEN


class Opener(StrEnum):
    """What lets somebody in."""

    NOTHING = "nothing"
    INVITE = "invite"
    WAITLIST = "waitlist"  # they asked for a place, and an operator let them in
    OPERATOR = "operator"


class AdmissionRefusal(StrEnum):
    """Why an account is not made; the first three are what is asked for instead."""

    WAITLIST = "waitlist"
    INVITE = "invite"
    CLOSED = "closed"
    DOMAIN = "domain"
    OTHER_ADDRESS = "other_address"
    LINK_USED = "link_used"  # by another request, just now
    PROVIDER = "provider"  # the only way in for its domain, and the only way to sign up


def _nothing_to_spend() -> bool:
    """Say that what lets one in is not used up."""
    return True


@dataclass(frozen=True)
class Admission:
    """What somebody brings along who signs up, and on the way to where.

    An ``address`` is whom it is for, in any spelling; ``proves_address``: they have it
    from a mail to there. ``organization_id`` is where an invite leads, or the app that
    waits. ``spend`` uses
    up what works once, in the unit of work that makes the account: False where another
    has.
    """

    by: Opener = Opener.NOTHING
    address: str | None = None
    proves_address: bool = False
    client_id: str | None = None
    organization_id: str | None = None
    spend: Callable[[], bool] = field(
        default=_nothing_to_spend, compare=False, repr=False
    )

    def toward(self, there: "Admission") -> "Admission":
        """Return the same on the way to where another leads, if it leads anywhere."""
        return replace(
            self,
            client_id=there.client_id or self.client_id,
            organization_id=there.organization_id or self.organization_id,
        )

    def as_recorded(self) -> dict[str, Any]:
        """Return what the audit log keeps of it."""
        return {} if self.by is Opener.NOTHING else {"by": self.by.value}


NOTHING = Admission()


def refusal_of(admission: Admission, mode: str) -> AdmissionRefusal | None:
    """Say why nobody is let in with an admission, whatever their address.

    ``mode`` is a value of the policy REGISTRATION.
    """
    if admission.by is Opener.OPERATOR:
        return None
    if mode == CLOSED:
        return AdmissionRefusal.CLOSED
    let_in = mode in (OPEN, APPROVAL) or admission.by is not Opener.NOTHING
    return None if let_in else AdmissionRefusal(mode)


def waits_for_operator(admission: Admission, mode: str) -> bool:
    """Tell whether an account that is made has to be approved before it is used.

    Who was let in before was approved by that. Who brings nothing was let in by
    policies that may have become stricter since, by an owner of an organization, say:
    that spares nobody the approval.
    """
    return mode != OPEN and admission.by is Opener.NOTHING


def address_refusal(
    admission: Admission, address: str, *, domains: Collection[str]
) -> AdmissionRefusal | None:
    """Say why an address is not let in; of no ``domains`` all are good."""
    if admission.by is Opener.OPERATOR:
        return None
    if admission.address and email_key(admission.address) != email_key(address):
        return AdmissionRefusal.OTHER_ADDRESS
    return (
        AdmissionRefusal.DOMAIN
        if domains and domain_of(address) not in domains
        else None
    )
