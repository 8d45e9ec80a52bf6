"""What becomes of an identity that a provider has vouched for (pure; security.md §5).

An account is opened by a link alone, and a link is made by its owner: who signed in to
it, or, where an operator trusts the provider's addresses, who has its proven address.
"""

from dataclasses import dataclass
from enum import StrEnum


class LinkPolicy(StrEnum):
    """When an identity is linked to the account that has its address."""

    NEVER = "never"
    ASK = "ask"  # whoever signs in to the account is asked
    VERIFIED = "verified"  # by the address, where both sides have proven it


class LinkRefusal(StrEnum):
    """Why an identity signs nobody in."""

    LINKED_ELSEWHERE = "linked_elsewhere"
    ADDRESS_TAKEN = "address_taken"
    ADDRESS_UNPROVEN = "address_unproven"
    DOMAIN = "domain"
    SIGN_UP_CLOSED = "sign_up_closed"
    SIGN_UP_INVITE = "sign_up_invite"
    SIGN_UP_WAITLIST = "sign_up_waitlist"
    SIGN_UP_DOMAIN = "sign_up_domain"


@dataclass(frozen=True)
class Owner:
    """The account of an address; a ``privileged`` one holds an instance role."""

    user_id: str
    email_verified: bool
    privileged: bool
    active: bool = True


@dataclass(frozen=True)
class Terms:
    """What an operator has set, at the provider and at this server.

    ``tells``: whether people may learn that an address has an account.
    """

    link: LinkPolicy = LinkPolicy.ASK
    trust_email: bool = False
    sign_up_refused: LinkRefusal | None = None
    tells: bool = True


@dataclass(frozen=True)
class Situation:
    """Who comes back from a provider, and to what.

    ``linked_to`` is the account that the identity opens, ``signed_in`` that of this
    browser, which is where the identity is to be linked if ``wants_link``. ``verified``
    is what the provider says of the address; ``owner`` has it here. ``domain_fits``:
    it is of those that the provider is for. ``enforced``: by no other way their owners
    sign in, so its word for an address is as good as an operator's. ``openable``: the
    provider may open the account that is linked or signed in.
    """

    linked_to: str | None = None
    signed_in: str | None = None
    wants_link: bool = False
    verified: bool = False
    owner: Owner | None = None
    domain_fits: bool = True
    enforced: bool = False
    openable: bool = True


@dataclass(frozen=True)
class SignInLinked:
    """Sign the user in that the identity is linked to."""

    user_id: str


@dataclass(frozen=True)
class AskToLink:
    """Ask who is signed in whether the identity is theirs, by a button."""


@dataclass(frozen=True)
class SignInFirst:
    """Link nothing before somebody has signed in to the account of the address."""


@dataclass(frozen=True)
class LinkByAddress:
    """Link the account of the address and sign in.

    ``unproven``: whoever made it has not proven the address, and loses it.
    """

    user_id: str
    unproven: bool


@dataclass(frozen=True)
class SignUp:
    """Make an account; ``verified``: its address needs no other proof."""

    verified: bool


@dataclass(frozen=True)
class Refuse:
    """Sign nobody in."""

    why: LinkRefusal


Verdict = SignInLinked | AskToLink | SignInFirst | LinkByAddress | SignUp | Refuse


def decide(situation: Situation, terms: Terms) -> Verdict:
    """Say what becomes of an identity; the key is its link, never its address."""
    linked, signed_in = situation.linked_to, situation.signed_in
    if not situation.openable:
        return Refuse(LinkRefusal.DOMAIN)
    if linked:
        if situation.wants_link and linked != signed_in:
            return Refuse(LinkRefusal.LINKED_ELSEWHERE)
        return SignInLinked(linked)
    return AskToLink() if signed_in else _by_address(situation, terms)


def _by_address(situation: Situation, terms: Terms) -> Verdict:
    """Say what becomes of an identity that is linked to nobody, in a new browser.

    Where addresses are private nothing is told of one that may be another's.
    """
    if not situation.domain_fits:
        return Refuse(LinkRefusal.DOMAIN)
    proven = situation.verified and (terms.trust_email or situation.enforced)
    if not (proven or terms.tells):
        return Refuse(LinkRefusal.ADDRESS_UNPROVEN)
    if situation.owner:
        enforced = situation.enforced
        return _at_account(situation.owner, terms, proven=proven, enforced=enforced)
    if terms.sign_up_refused:
        return Refuse(terms.sign_up_refused)
    return SignUp(verified=proven)


def _at_account(owner: Owner, terms: Terms, *, proven: bool, enforced: bool) -> Verdict:
    """Say what becomes of an identity whose address an account has.

    Where the provider is the only way in nobody could sign in first: it is linked.

    Whoever made an account with an address that they did not prove may wait for its
    owner to come by a provider: what they know opens it no more.
    """
    if terms.link is LinkPolicy.NEVER:
        return Refuse(LinkRefusal.ADDRESS_TAKEN)
    by_address = proven and (enforced or terms.link is LinkPolicy.VERIFIED)
    if not by_address or owner.privileged or not owner.active:
        return SignInFirst()
    return LinkByAddress(owner.user_id, unproven=not owner.email_verified)
