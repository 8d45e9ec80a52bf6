"""The app that is measured, in this process, and what is asked of it."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from bench.forms import first_form
from bench.growth.fill import RARE
from idp.accounts.access.permissions import OPERATOR, Permission
from idp.accounts.jobs import end_sessions_run_out
from idp.accounts.jobs import purge as purge_accounts
from idp.accounts.models import User
from idp.accounts.registration.sign_up import create_user
from idp.administration.api_keys import WantedKey, create_api_key
from idp.app import create_app
from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.clients.registry import register_client
from idp.oauth.jobs import purge_expired
from idp.oauth.keys import rotation
from idp.oauth.logout.delivery import deliver_due
from idp.ops.configuration import configure
from idp.ops.database import upgrade_database

ISSUER = "https://idp.example"
CALLBACK = "https://app.example/callback"
PASSWORD = "a long walk along the river"
OWNER, USER = "owner@example.org", "somebody@example.org"
CLIENT = "growth"
VERIFIER = "v" * 43


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


def furnish(app: Flask) -> str:
    """Add an owner, a user and a client; return the text of an API key."""
    with app.app_context():
        rotation.ensure_keys("ES256")
        for email, roles in ((OWNER, ["owner"]), (USER, [])):
            create_user(
                email=email, password=PASSWORD, email_verified=True, roles=roles
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
        return key.text


@dataclass
class Visit:
    """Runs the operations, and keeps what they hand out."""

    app: Flask
    api_key: str
    folder: Path
    url: str
    refresh_token: str = ""
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def cases(self) -> Iterator[tuple[str, Callable[[], object], int]]:
        """Yield names and operations, and how often each is run."""
        users, console = "/api/users", "/admin/users"
        yield "sign-in", self.sign_in, 30
        yield "code flow", self.authorize, 30
        yield "refresh", self.refresh, 60
        yield "own sessions", lambda: self.page("/account/sessions", USER), 20
        yield "user list (page)", lambda: self.page(console), 20
        yield "user list (REST)", lambda: self.ask(users), 20
        for name, wanted in (("rare", RARE), ("common", "kalo"), ("none", "zzzq")):
            query = urlencode({"query": wanted})
            yield f"user search, {name}", self._asks(f"{users}?{query}"), 10
        yield "users with a role", lambda: self.page(f"{console}?role=owner"), 10
        yield "apps", lambda: self.page("/admin/clients"), 10
        yield "an admin disabled", self.disable, 10
        yield "clean-up", self.clean_up, 10
        yield "due notices", self.deliver, 20
        yield "upgrade, nothing to do", lambda: upgrade_database(self.url), 3
        yield "start", self.start, 3

    def sign_in(self) -> None:
        """Sign in in a browser that was never here."""
        self.browsers.pop(USER, None)
        self.browser(USER)

    def authorize(self) -> None:
        """Run the code flow in a browser that is signed in."""
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
        answer = self.get(f"/oauth2/authorize?{urlencode(asked)}", USER)
        (code,) = parse_qs(urlsplit(answer.location).query)["code"]
        form = {"grant_type": "authorization_code", "code": code}
        self.keep(form | {"redirect_uri": CALLBACK, "code_verifier": VERIFIER})

    def refresh(self) -> None:
        """Spend the refresh token for the next one."""
        token = self.refresh_token
        self.keep({"grant_type": "refresh_token", "refresh_token": token})

    def keep(self, form: dict[str, str]) -> None:
        """Ask for tokens."""
        form = form | {"client_id": CLIENT}
        answer = self.app.test_client().post(
            "/oauth2/token", data=form, base_url=ISSUER
        )
        self.refresh_token = json.loads(answer.data)["refresh_token"]

    def page(self, path: str, who: str = OWNER) -> None:
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
            user = db.session.query(User.id).filter_by(email_key=USER).scalar()
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
            page = http.get("/login", base_url=ISSUER)
            form = first_form(page.data)
            sent = form.filled({"username": who, "password": PASSWORD})
            origin = {"Origin": ISSUER}
            answer = http.post(form.action, data=sent, base_url=ISSUER, headers=origin)
            assert answer.status_code in (302, 303), answer.text
            self.browsers[who] = http
        return self.browsers[who]
