"""Factories of users."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from idp.accounts.models import (
    BrowserSession,
    RegistrationApproval,
    User,
    UserEmail,
    WaitingPlace,
)
from idp.accounts.names import email_key
from idp.accounts.registration.sign_up import create_user
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sign_in import links as sign_in_links
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.randomness import digest, new_subject, new_token

PASSWORD = "nine quiet otters by the lake"


@dataclass(frozen=True)
class MadeAccount:
    """A user, and what they would type to sign in."""

    id: str
    email: str
    username: str
    password: str


class MakeUsers:
    """Users, as they sign up or as an operator sets them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def account(
        self,
        email: str | None = None,
        *,
        password: str = PASSWORD,
        email_verified: bool = True,
        status: str = "active",
        **declared,
    ) -> MadeAccount:
        """Store a user; the address is confirmed unless said otherwise."""
        name = secrets.token_hex(4)
        email = email or f"{name}@example.com"
        username = declared.pop("username", f"user-{name}")
        with self.app.app_context():
            user = create_user(
                email=email,
                username=username,
                password=password,
                email_verified=email_verified,
                **declared,
            )
            user.status = status
            db.session.commit()
            return MadeAccount(user.id, email, username, password)

    def waiting(self, email: str, *, proven: bool = True) -> MadeAccount:
        """Store a user who waits for an operator."""
        made = self.account(email, status="pending", email_verified=proven)
        with self.app.app_context():
            db.session.add(RegistrationApproval(user_id=made.id))
            db.session.commit()
        return made

    def place(self, email: str, *, confirmed: bool = True) -> str:
        """Store a place on the waitlist; return its id."""
        with self.app.app_context():
            row = WaitingPlace(
                email=email,
                email_key=email_key(email),
                language="en",
                note=f"I am {email}",
                confirmed_at=utcnow() if confirmed else None,
            )
            db.session.add(row)
            db.session.commit()
            return row.id

    def further_email(self, account: MadeAccount, email: str) -> str:
        """Give a user one more address, proven now; return its id."""
        with self.app.app_context():
            row = UserEmail(
                user_id=account.id,
                email=email,
                email_key=email_key(email),
                verified_at=utcnow(),
                primary=False,
            )
            db.session.add(row)
            db.session.commit()
            return row.id

    def set_status(self, account: MadeAccount, status: str) -> None:
        """Set what only an operator could."""
        with self.app.app_context():
            get_user(account.id).status = status
            db.session.commit()

    def hand_out_password(self, account: MadeAccount) -> None:
        """Have a user choose a password of their own: another knows this one."""
        with self.app.app_context():
            get_user(account.id).must_change_password = True
            db.session.commit()

    def enrol(self, account: MadeAccount, *factors: str) -> None:
        """Let kinds of second factors count as set up."""
        with self.app.app_context():
            get_user(account.id).factors = sorted(factors)
            db.session.commit()

    def sign_in_link(self, account: MadeAccount) -> str:
        """Make a link that signs in once; return it without our origin."""
        with self.app.app_context():
            link = sign_in_links.issue_link(get_user(account.id), by="operator")
            db.session.commit()
            return link.url.removeprefix("https://idp.example")

    def signed_in_person(self, **profile) -> tuple[str, str]:
        """Store a user with a browser session; return both ids."""
        with self.app.app_context():
            address = f"{secrets.token_hex(4)}@example.com"
            values = {"id": new_subject(), "email": address, "email_key": address}
            user = User(**(values | profile))
            now = utcnow()
            session = BrowserSession(
                token_digest=digest(new_token()),
                user_id=user.id,
                auth_time=now,
                amr=["pwd"],
                proofs=[Proof(Method.PASSWORD, now).stored()],
                idle_expires_at=now + timedelta(hours=2),
                expires_at=now + timedelta(hours=24),
            )
            db.session.add(user)
            db.session.flush()
            db.session.add(session)
            db.session.commit()
            return user.id, session.id

    def disable(self, user_id: str) -> None:
        """Take an account from its person, behind the back of everything else."""
        with self.app.app_context():
            db.session.get_one(User, user_id).status = "disabled"
            db.session.commit()
