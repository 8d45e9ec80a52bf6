"""Answering an invite: joining by its link or as a user, and declining.

The invite is taken by one guarded statement, in the transaction of what it opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.accounts.errors import EmailTaken, RegistrationClosed
from idp.accounts.models import User
from idp.accounts.profile.rules import FieldRules
from idp.accounts.registration.add_user import add_user
from idp.accounts.registration.new_account import (
    NewAccount,
    account_problems,
    refuse_problems,
    sign_up_problems,
)
from idp.accounts.registration.policy import find_refusal, require_open, rules_for
from idp.accounts.registration.sign_up import refuse_kept_username
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.completion import SignedIn, complete_sign_in
from idp.accounts.sign_in.known_devices import find_device
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.terms.acceptance import require_accepted
from idp.accounts.terms.documents import Versions
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import begin_writing, db
from idp.core.hashing import passwords
from idp.organizations.invites.errors import SignInToJoin
from idp.organizations.invites.opening import (
    admission_of,
    find_open,
    is_for,
    makes_account,
    organization_of,
)
from idp.organizations.invites.rows import (
    ACCEPT,
    DECLINE,
    NAME_ACCEPTOR,
    close,
)
from idp.organizations.invites.senders import sender_may
from idp.organizations.members import join
from idp.organizations.models import Invite
from idp.organizations.own_roles import list_roles
from idp.organizations.registry import hold_organization
from idp.organizations.roles import BUILT_IN
from idp.security import audit
from idp.security.ratelimit.budgets import REGISTER_IP
from idp.security.ratelimit.meters import network_of


@dataclass(frozen=True)
class Newcomer:
    """What somebody invited says of themselves; without a password they set one later.

    Or go without: they sign in by mail, a provider or a passkey then. ``fields`` are of
    a profile by name.
    """

    password: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    accepted: Versions | None = None

    def account(self, address: str) -> NewAccount:
        """Return the account that is to be."""
        wanted = NewAccount(
            address,
            self.password,
            attributes=self.attributes,
            accepted=self.accepted,
        )
        return wanted.saying(self.fields).trimmed()


@dataclass(frozen=True)
class Joined:
    """An invite was accepted by a user, who was signed in if they were not before.

    ``client_id`` is the app that it leads to.
    """

    user: User
    organization_id: str | None
    client_id: str | None
    signed_in: SignedIn | FactorRequired | None = None


def join_as_new(
    token: str,
    said: Newcomer,
    *,
    request: SessionRequest,
) -> Joined | None:
    """Make the account of a mailed invite and sign in, once; None when it is over.

    Raises SignInToJoin where the link does not do that (``opening.makes_account``),
    TermsRequired, InvalidInput, RateLimited, and RegistrationClosed where nobody gets
    an account.
    """
    invite = find_open(token)
    if invite is None:
        return None
    if not makes_account(invite):
        raise SignInToJoin
    _require_admitted(invite, said)
    require_accepted(said.accepted)
    wanted = said.account(invite.email)
    _refuse_wrong(wanted, request=request, rules=rules_for(admission_of(invite)))
    password_hash = passwords().hash(wanted.password) if wanted.password else None
    shown = invite.digest
    if not _hold_place(invite) or not close(ACCEPT, invite, shown=shown, by_user=None):
        return None
    user = _add(wanted, password_hash)
    db.session.execute(NAME_ACCEPTOR, {"of_invite": invite.id, "by_user": user.id})
    _join(invite, user)
    signed_in = complete_sign_in(
        SessionUser.of(user),
        proofs=(Proof(Method.LINK, utcnow()),),
        request=request,
        device=find_device(user.id, device_token=request.device_token),
        is_news=False,
    )
    return Joined(user, invite.organization_id, invite.client_id, signed_in)


def join_as_user(invite: Invite, user: User) -> Joined | None:
    """Let a user who is signed in accept an invite; None when it is over.

    Raises SignInToJoin unless the invited address is a proven one of theirs.
    """
    shown, in_use = invite.digest, _hold_place(invite)
    hold_user(user.id)  # whose addresses stay what they are meanwhile
    if not is_for(user.id, invite):
        raise SignInToJoin
    if not in_use or not close(ACCEPT, invite, shown=shown, by_user=user.id):
        return None
    _join(invite, user)
    return Joined(user, invite.organization_id, invite.client_id)


def decline_invite(invite: Invite, *, user_id: str | None) -> bool:
    """Let who has the link, or the address, say no; False when it is over."""
    if not close(DECLINE, invite, shown=invite.digest):
        return False
    audit.record(
        "invite.declined",
        user_id=user_id,
        invite_id=invite.id,
        organization_id=invite.organization_id,
    )
    return True


def _require_admitted(invite: Invite, said: Newcomer) -> None:
    """Raise RegistrationClosed for who gets no account, or none with a password."""
    admission = admission_of(invite)
    if said.password:
        require_open(admission, invite.email)
    refused = find_refusal(admission, invite.email)
    if refused:
        raise RegistrationClosed(refused.value)


def _refuse_wrong(
    wanted: NewAccount, *, request: SessionRequest, rules: FieldRules
) -> None:
    """Raise InvalidInput for what is wrong with a new account, and RateLimited."""
    refuse_kept_username(wanted)
    tries = REGISTER_IP.meter(network_of(request.requester.ip))
    if wanted.password is None:
        refuse_problems(account_problems(wanted, rules=rules))
        tries.count()
        return
    minimum = current(AccountsSettings).password_min_length
    found = sign_up_problems(wanted, minimum=minimum, tries=tries, rules=rules)
    refuse_problems(found)


def _add(wanted: NewAccount, password_hash: str | None) -> User:
    """Make the account, whose address the link has proven."""
    try:
        user = add_user(wanted, password_hash=password_hash, email_verified_at=utcnow())
    except EmailTaken:  # meanwhile, by somebody who signed up
        raise SignInToJoin from None
    audit.record("register", user_id=user.id, by="invite")
    audit.record("email.verified", user_id=user.id)
    return user


def _hold_place(invite: Invite) -> bool:
    """Hold the organization of an invite; False where nobody can come into it now."""
    begin_writing()
    organization = organization_of(invite)
    if organization is None:
        return sender_may(invite, None)
    hold_organization(organization)
    return organization.in_use and sender_may(invite, organization)


def _join(invite: Invite, user: User) -> None:
    """Give a user what the invite is for; roles that there are no more are left out."""
    organization = organization_of(invite)
    if organization:
        own = (role.name for role in list_roles(organization))
        given = {*invite.roles.split()} & {*BUILT_IN, *own}
        join(organization, user.id, roles=given, by=invite.invited_by)
    audit.record(
        "invite.accepted",
        user_id=user.id,
        invite_id=invite.id,
        organization_id=invite.organization_id,
    )
