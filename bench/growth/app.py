"""The app that is measured, in this process, and what is asked of it."""

import base64
import hashlib
import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from bench.forms import first_form
from bench.growth.fill import RARE, address_of
from idp.accounts.access.permissions import OPERATOR, Permission
from idp.accounts.jobs import end_sessions_run_out
from idp.accounts.jobs import purge as purge_accounts
from idp.accounts.models import User
from idp.accounts.registration.sign_up import create_user
from idp.administration.api_keys import WantedKey, create_api_key
from idp.app import create_app
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.hashing import passwords
from idp.oauth.clients.registry import register_client
from idp.oauth.jobs import purge_expired
from idp.oauth.keys import rotation
from idp.oauth.logout.delivery import deliver_due
from idp.ops.configuration import configure
from idp.ops.database import upgrade_database

ISSUER = "https://idp.example"
CALLBACK = "https://app.example/callback"
PASSWORD = "a long walk along the river"
OWNER = "owner@example.org"
CLIENT = "growth"
VERIFIER = "v" * 43
USERS_MEASURED = 180  # fewer than the small database has


def make_app(url: str, folder: Path) -> Flask:
    """Return an app on a database, whose schema is made if there is none."""
    upgrade_database(url)
    return create_app(
        configure(
            {
                "IDP_ISSUER": ISSUER,
                "IDP_DATABASE_URL": url,
                "IDP_DATA_DIR": str(folder),
                "IDP_SECRET_KEY": "x" * 40,
                "IDP_MAIL_URL": f"file://{folder}/mail.jsonl",
                "IDP_ARGON2_MEMORY_KIB": "8",
                "IDP_ARGON2_ITERATIONS": "1",
            }
        )
    )


def furnish(app: Flask) -> tuple[str, bool]:
    """Add an owner, a client and an API key; return its text, and if all is new."""
    with app.app_context():
        new = db.session.query(User.id).filter_by(email_key=OWNER).scalar() is None
        if new:
            rotation.ensure_keys("ES256")
            create_user(
                email=OWNER, password=PASSWORD, email_verified=True, roles=["owner"]
            )
            metadata = {
                "client_name": "App",
                "redirect_uris": [CALLBACK],
                "grant_types": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_method": "none",
                "scope": "openid offline_access",
                "id_token_signed_response_alg": "ES256",
            }
            register_client(metadata, client_id=CLIENT, first_party=True)
        wanted = WantedKey("growth", list(Permission), dangerous=True)
        key = create_api_key(wanted, held=OPERATOR)
        db.session.commit()
        return key.text, new


def hashed_password(app: Flask) -> str:
    """Return what is kept of everybody's password."""
    with app.app_context():
        return passwords().hash(PASSWORD)


@dataclass(frozen=True)
class Case:
    """An operation, and how often it is run."""

    name: str
    run: Callable[[], object]
    times: int


@dataclass
class Visit:
    """Runs the operations, of one user after another, and keeps what they hand out."""

    app: Flask
    api_key: str
    folder: Path
    url: str
    users: int
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    first: int = field(default_factory=lambda: secrets.randbelow(1_000_000))
    count: Iterator[int] = field(default_factory=itertools.count)

    def cases(self) -> Iterator[Case]:
        """Yield what is measured."""
        users, console = "/api/users", "/admin/users"
        yield Case("sign-in", self.sign_in, USERS_MEASURED)
        yield Case("code flow", self.authorize, 2 * USERS_MEASURED)
        yield Case("refresh", self.refresh, 4 * USERS_MEASURED)
        yield Case("own sessions", self.sessions, 200)
        yield Case("user list (page)", lambda: self.page(console, OWNER), 100)
        yield Case("user list (REST)", lambda: self.ask(users), 200)
        for name, wanted in (("rare", RARE), ("common", "kalo"), ("none", "zzzq")):
            query = urlencode({"query": wanted})
            yield Case(f"user search, {name}", self._asks(f"{users}?{query}"), 40)
        by_role = f"{console}?role=owner"
        yield Case("users with a role", lambda: self.page(by_role, OWNER), 20)
        yield Case("apps", lambda: self.page("/admin/clients", OWNER), 100)
        yield Case("an admin disabled", self.disable, 40)
        yield Case("clean-up", self.clean_up, 100)
        yield Case("due notices", self.deliver, 200)
        yield Case("upgrade, nothing to do", lambda: upgrade_database(self.url), 20)
        yield Case("start", self.start, 5)

    def sign_in(self) -> None:
        """Sign in another user, in a browser that was never here."""
        self.browser(self.next_user())

    def next_user(self) -> str:
        """Return the address of a user far from the last one."""
        step = max(1, self.users // USERS_MEASURED)
        number = self.first + next(self.count) * step
        return address_of(number % self.users + 1)

    def next_of(self, kept: dict[str, Any]) -> str:
        """Return who has waited longest of those of whom something is kept."""
        while len(kept) < USERS_MEASURED:
            self.sign_in() if kept is self.browsers else self.authorize()
        return next(iter(kept))

    def authorize(self) -> None:
        """Run the code flow in the browser of another user who is signed in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
        asked = {
            "client_id": CLIENT,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid offline_access",
            "state": "s",
            "prompt": "none",
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        who = self.next_of(self.browsers)
        self.browsers[who] = self.browsers.pop(who)
        answer = self.get(f"/oauth2/authorize?{urlencode(asked)}", who)
        (code,) = parse_qs(urlsplit(answer.location).query)["code"]
        form = {"grant_type": "authorization_code", "code": code}
        self.keep(form | {"redirect_uri": CALLBACK, "code_verifier": VERIFIER}, who)

    def refresh(self) -> None:
        """Spend another user's refresh token for the next one."""
        who = self.next_of(self.refresh_tokens)
        token = self.refresh_tokens.pop(who)
        self.keep({"grant_type": "refresh_token", "refresh_token": token}, who)

    def sessions(self) -> None:
        """Read the page on which another user sees where they are signed in."""
        who = self.next_of(self.browsers)
        self.browsers[who] = self.browsers.pop(who)
        self.page("/account/sessions", who)

    def keep(self, form: dict[str, str], who: str) -> None:
        """Ask for a user's tokens."""
        form = form | {"client_id": CLIENT}
        answer = self.app.test_client().post(
            "/oauth2/token", data=form, base_url=ISSUER
        )
        self.refresh_tokens[who] = json.loads(answer.data)["refresh_token"]

    def page(self, path: str, who: str) -> None:
        """Read a page of somebody who is signed in."""
        answer = self.get(path, who)
        assert answer.status_code == HTTPStatus.OK, (
            path,
            answer.status,
            answer.location,
        )

    def get(self, path: str, who: str):
        """Send a request of a browser."""
        return self.browser(who).get(path, base_url=ISSUER)

    def ask(self, path: str) -> None:
        """Read a list by the API."""
        key = {"Authorization": f"Bearer {self.api_key}"}
        answer = self.app.test_client().get(path, base_url=ISSUER, headers=key)
        assert answer.status_code == HTTPStatus.OK, answer.text

    def _asks(self, path: str) -> Callable[[], None]:
        return lambda: self.ask(path)

    def disable(self) -> None:
        """Disable a user as an operator's program does, and enable it again."""
        key = {"Authorization": f"Bearer {self.api_key}"}
        with self.app.app_context():
            user = db.session.query(User.id).filter_by(email_key=address_of(1)).scalar()
        for status in ("disabled", "active"):
            answer = self.app.test_client().patch(
                f"/api/accounts/{user}",
                json={"status": status},
                base_url=ISSUER,
                headers=key,
            )
            assert answer.status_code == HTTPStatus.OK, answer.text

    def clean_up(self) -> None:
        """Run the jobs that look for what is over."""
        with self.app.app_context():
            end_sessions_run_out()
            purge_accounts(utcnow())
            purge_expired()
            db.session.commit()

    def deliver(self) -> None:
        """Look for notices that are due."""
        with self.app.app_context():
            deliver_due()

    def start(self) -> None:
        """Make another app, and ask it for the first page."""
        other = make_app(self.url, self.folder)
        other.test_client().get("/login", base_url=ISSUER)

    def browser(self, who: str) -> FlaskClient:
        """Return a browser in which a user is signed in."""
        if who not in self.browsers:
            http = self.app.test_client()
            count = len(self.browsers)  # one address may sign in a few times only
            http.environ_base["REMOTE_ADDR"] = f"10.{count >> 8}.{count & 255}.1"
            page = http.get("/login", base_url=ISSUER)
            form = first_form(page.data)
            sent = form.filled({"username": who, "password": PASSWORD})
            origin = {"Origin": ISSUER}
            answer = http.post(form.action, data=sent, base_url=ISSUER, headers=origin)
            assert answer.status_code in (302, 303), answer.text
            self.browsers[who] = http
        return self.browsers[who]
