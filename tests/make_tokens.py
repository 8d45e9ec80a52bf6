"""Factories of codes and tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from idp.accounts.sessions.find import find_session
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.randomness import digest
from idp.oauth.clients.cache import find_client
from idp.oauth.models import AuthorizationCode, Grant
from idp.oauth.protocol.pkce import s256
from idp.oauth.protocol.scopes import join, without_account
from idp.oauth.tokens import codes, refresh
from idp.oauth.tokens.grants import find_grant
from tests.make_clients import MadeClient
from tests.make_users import MakeUsers

VERIFIER = "a-verifier-of-at-least-forty-three-characters-0"


@dataclass(frozen=True)
class MadeCode:
    """An authorization code, with what its redemption has to bring."""

    code: str
    client: MadeClient
    user_id: str
    session_id: str

    @property
    def form(self) -> dict[str, str]:
        """The token request of a public client."""
        return {
            "grant_type": "authorization_code",
            "client_id": self.client.client_id,
            "code": self.code,
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": VERIFIER,
        }


class MakeTokens:
    """Codes and tokens, without the pages that lead to them."""

    def __init__(self, app: Flask, users: MakeUsers) -> None:
        self.app = app
        self._users = users

    def code(
        self,
        client: MadeClient,
        *,
        scope: str = "openid profile email",
        person: tuple[str, str] | None = None,
        amr: Sequence[str] = ("pwd",),
        **bound,
    ) -> MadeCode:
        """Issue a code for VERIFIER, to a person who signed in just now.

        Its grant may say what only older ones say: ``account``, of an app of others.
        """
        user_id, session_id = person or self._users.signed_in_person()
        with self.app.app_context():
            session = replace(
                find_session(session_id),
                auth_time=utcnow(),
                expires_at=utcnow() + timedelta(hours=24),
                amr=list(amr),
            )
            authorization = {
                "client_id": client.client_id,
                "session": session,
                "scope": join(without_account(scope.split(" "))),
                "redirect_uri": client.redirect_uri,
                "code_challenge": s256(VERIFIER),
                "nonce": "a-nonce",
            }
            code = codes.issue_code(codes.Authorization(**(authorization | bound)))
            of_code = AuthorizationCode.digest == digest(code)
            grant_id = db.session.scalars(
                select(AuthorizationCode.grant_id).where(of_code)
            ).one()
            db.session.get_one(Grant, grant_id).scope = scope
            db.session.commit()
            return MadeCode(code, client, user_id, session_id)

    def refresh_token(self, client: MadeClient, **issued) -> str:
        """Issue a refresh token without a redemption."""
        made = self.code(client, **issued)
        with self.app.app_context():
            uri = client.redirect_uri
            spent = codes.redeem(
                codes.Presented(made.code, client.client_id, uri, VERIFIER)
            )
            token = refresh.start_family(
                find_grant(spent.grant_id),
                client=find_client(client.client_id),
                now=utcnow(),
            )
            db.session.commit()
            return token
