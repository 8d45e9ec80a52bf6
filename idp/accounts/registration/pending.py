"""Sign-ups that wait for the proof of their address.

They do where account privacy is ``private``, or an operator approves each account. A
taken address and a free one leave the same row, answer and cost; only the mail says
which it was. The account is made by the first proof, and other sign-ups with the
address end.
"""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, bindparam, delete, select, update

from idp.accounts import mail_limits, one_time_tokens
from idp.accounts.addresses.availability import is_taken, taken_refusal
from idp.accounts.errors import EmailTaken, UsernameTaken
from idp.accounts.events import AddressClaimed
from idp.accounts.models import PendingRegistration
from idp.accounts.names import email_key, username_key
from idp.accounts.one_time_tokens import CODE, CODE_DIGITS, MAX_CODE_TRIES
from idp.accounts.profile.usernames import is_username_free
from idp.accounts.registration.add_user import add_user
from idp.accounts.registration.first_passkey import (
    FirstPasskey,
    keep_first,
    use_up,
)
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.repeated import has_repeated, waiting
from idp.accounts.registration.reserved import tell_reserved
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.registrants import Confirmed, ConfirmedBy
from idp.accounts.users import find_by_username, find_by_verified_address
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.errors import FieldError
from idp.core.events import publish
from idp.core.randomness import digest, new_digits, new_id, new_token
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.core.text import is_line
from idp.mail import outbox
from idp.security import audit
from idp.security.ratelimit.budgets import RESERVE_USERNAME
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

MAX_OF_ADDRESS = 5
MAC_PURPOSE = "pending-registration-code"
SAID = frozenset(field.name for field in fields(NewAccount)) - {"email", "password"}

rows = table_of(PendingRegistration)

ALIVE = rows.c.expires_at > bindparam("now")
OF_ADDRESS = rows.c.email_key == bindparam("key")
FIND = select(rows).where(rows.c.token_digest == bindparam("digest"), ALIVE)
# In one order, so that of two proofs at once one waits for the other.
HOLD = select(rows.c.id).where(OF_ADDRESS).order_by(rows.c.id).with_for_update()
TAKE = delete(rows).where(rows.c.id == bindparam("row_id"))
END_OTHERS = delete(rows).where(OF_ADDRESS)
TRY_CODE = (
    update(rows)
    .where(OF_ADDRESS, ALIVE, rows.c.code_tries < MAX_CODE_TRIES)
    .where(rows.c.registration_digest.in_(bindparam("held", expanding=True)))
    .values(code_tries=rows.c.code_tries + 1)
    .returning(rows)
)
NEWEST = (
    select(rows)
    .where(OF_ADDRESS, ALIVE)
    .order_by(rows.c.created_at.desc(), rows.c.id.desc())
    .limit(1)
)
RENEW = (
    update(rows)
    .where(rows.c.id == bindparam("row_id"))
    .values(token_digest=bindparam("new_digest"), code_mac=bindparam("new_mac"))
)


@dataclass(frozen=True)
class _Proof:
    """The link's token and the code of a row; only fingerprints of them are kept."""

    row_id: str
    token: str
    code: str

    @classmethod
    def new(cls, row_id: str) -> "_Proof":
        """Make them."""
        return cls(row_id, new_token(), new_digits(CODE_DIGITS))

    @property
    def mac(self) -> str:
        """Return what the code is kept as."""
        return current(Keyring).mac(MAC_PURPOSE, f"{self.row_id}:{self.code}")


def hold(wanted: NewAccount, *, kept: dict[str, Any], requester: Requester) -> None:
    """Keep a sign-up until its address is proven, and have the proof mailed.

    The owner of a taken address is told instead. ``kept``: who signed up, the hash of
    the password or the passkey, the way on. Raises UsernameTaken, ChallengeUsedUp,
    EmailTaken where account privacy is ``open``, RateLimited for a network that keeps
    many usernames; a sixth with an address, or one sent again, leaves nothing.
    """
    present = waiting(wanted.email)
    if has_repeated(present, wanted, by=kept["registration_digest"]):
        return
    _refuse_reserved(wanted, kept["registration_digest"], requester=requester)
    room = mail_limits.has_room(wanted.email)
    owner, taken = find_by_verified_address(wanted.email), is_taken(wanted.email)
    if taken and current(AccountsSettings).account_privacy == "open":
        raise taken_refusal(wanted.email)
    if kept["first"]:
        use_up(kept["first"])
    if len(present) >= MAX_OF_ADDRESS:
        return
    proof = _Proof.new(new_id())
    row = _add(wanted, kept, proof=proof, requester=requester)
    _record(owner.id if owner else None, taken=taken)
    if owner and room:
        publish(AddressClaimed(owner, requester=requester))
    elif room and not taken:
        _mail(row, proof=proof, requester=requester)
    elif room:
        tell_reserved(wanted, requester=requester)


def find_link(token: str) -> str | None:
    """Return the address that a mailed link would confirm; None when it is over."""
    row = _find(token)
    return row.email if row else None


def confirm_by_link(token: str, *, by: ConfirmedBy) -> Confirmed | None:
    """Make the account of a mailed link, once; None when it is used or expired."""
    row = _find(token)
    if row is None:
        return None
    _hold_address(row.email_key)
    return _make_account(row, by=by)


def confirm_by_code(address: str, code: str, *, by: ConfirmedBy) -> Confirmed | None:
    """Make the account by its mailed code; only who signed up can.

    A wrong one of them costs a try; after MAX_CODE_TRIES only the link is left.
    """
    if not CODE.fullmatch(code) or not by.digests or not is_line(address):
        return None
    key = email_key(address)
    _hold_address(key)
    values = {"key": key, "now": utcnow(), "held": list(by.digests)}
    for row in db.session.execute(TRY_CODE, values).all():
        text = f"{row.id}:{code}"
        if current(Keyring).genuine(MAC_PURPOSE, text, presented=row.code_mac):
            return _make_account(row, by=by)
    return None


def send_again(address: str, *, requester: Requester) -> None:
    """Mail the newest sign-up of an address anew, if one waits; older mails are void.

    Tries of the code are not given back.
    """
    values = {"key": email_key(address), "now": utcnow()}
    row = db.session.execute(NEWEST, values).one_or_none()
    if row is None:
        return
    proof = _Proof.new(row.id)
    new = {"new_digest": digest(proof.token), "new_mac": proof.mac}
    if changed_one(RENEW, {"row_id": row.id} | new):
        _mail(row, proof=proof, requester=requester)


def _refuse_reserved(wanted: NewAccount, own: str, *, requester: Requester) -> None:
    """Raise UsernameTaken for one that an account or another sign-up has."""
    if not wanted.username:
        return
    if not is_username_free(wanted.username, but_of=own):
        raise UsernameTaken([FieldError("username", UsernameTaken.code)])
    RESERVE_USERNAME.meter(network_of(requester.ip)).count()


def _add(
    wanted: NewAccount, kept: dict[str, Any], *, proof: _Proof, requester: Requester
) -> PendingRegistration:
    """Store a sign-up."""
    now, until = utcnow(), current(AccountsSettings).verification_link_seconds
    row = PendingRegistration(
        id=proof.row_id,
        token_digest=digest(proof.token),
        code_mac=proof.mac,
        registration_digest=kept["registration_digest"],
        password_hash=kept["password_hash"],
        passkey=kept["first"].stored() if kept["first"] else None,
        return_to=kept["return_to"],
        needs_approval=kept["needs_approval"],
        email=wanted.email,
        email_key=email_key(wanted.email),
        username_key=username_key(wanted.username) if wanted.username else None,
        ip=requester.ip,
        created_at=now,
        expires_at=now + timedelta(seconds=until),
        **{name: getattr(wanted, name) for name in SAID},
    )
    db.session.add(row)
    db.session.flush()
    return row


def _record(owner_id: str | None, *, taken: bool) -> None:
    """Say in the audit log what the answer does not."""
    if taken:
        audit.record("register", outcome="refused", user_id=owner_id)
    else:
        audit.record("email.verification.requested", user_id=None)


def _mail(
    row: PendingRegistration | Row[Any, Any], *, proof: _Proof, requester: Requester
) -> None:
    """Mail the link and the code."""
    query = urlencode({"token": proof.token})
    outbox.send(
        "verify_email",
        to=row.email,
        link=f"{current(ServerSettings).issuer}/email-verification?{query}",
        code=proof.code,
        expires_at=row.expires_at,
        display_name=row.name,
        locales=(requester.language,),
        requester=requester.description,
        return_to=row.return_to,
    )


def _find(token: str) -> Row[Any, Any] | None:
    """Return the sign-up of a link; what a browser sent may be any text."""
    found = digest(token) if token.isascii() else ""
    values = {"digest": found, "now": utcnow()}
    return db.session.execute(FIND, values).one_or_none()


def _hold_address(key: str) -> None:
    """Let no other proof of the address go on before this one is done."""
    db.session.execute(HOLD, {"key": key})


def _make_account(row: Row[Any, Any], *, by: ConfirmedBy) -> Confirmed | None:
    """Make the account of a sign-up; confirmed elsewhere, nothing opens it."""
    if not changed_one(TAKE, {"row_id": row.id}):
        return None
    own, wanted = row.registration_digest in by.digests, _wanted_by(row)
    first = FirstPasskey.read(row.passkey) if own and row.passkey else None
    try:
        user = add_user(
            wanted if own else replace(wanted, accepted=None),
            needs_approval=row.needs_approval,
            password_hash=row.password_hash if own else None,
            email_verified_at=utcnow(),
            **(first.columns if first else {}),
        )
    except EmailTaken:  # meanwhile another account has the address
        return None
    if first and not keep_first(user, first):
        own, user.factors = False, []
    db.session.execute(END_OTHERS, {"key": row.email_key})
    one_time_tokens.keep_used(
        row.token_digest,
        user_id=user.id,
        purpose=one_time_tokens.EMAIL_VERIFICATION,
        data={"email": row.email},
        seconds=current(AccountsSettings).verification_link_seconds,
    )
    audit.record("register", user_id=user.id)
    audit.record("email.verified", user_id=user.id)
    return Confirmed(
        user.id,
        {"email": row.email, "return_to": row.return_to},
        password_discarded=not own,
        in_registering_session=False,
        awaits_approval=row.needs_approval,
    )


def _wanted_by(row: Row[Any, Any]) -> NewAccount:
    """Return what was asked for, without a username that is an account's by now."""
    names = {name: getattr(row, name) for name in SAID}
    if row.username and find_by_username(row.username):
        names["username"] = None
    return NewAccount(row.email, **names)
