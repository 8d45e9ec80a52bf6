"""Access tokens of a session: one that is there, or one refresh for all who wait."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from idp_rp.cookies import CookieChanges
from idp_rp.oidc.id_tokens import check_renewed_id_token
from idp_rp.oidc.provider import Provider
from idp_rp.oidc.signed import Untrusted
from idp_rp.oidc.token_endpoint import TokenEndpoint, TokenRefused, Tokens, log
from idp_rp.sessions.keeper import NOTHING, Held, SessionKeeper
from idp_rp.sessions.session import AccessToken, Session, target_of
from idp_rp.settings import Api


class SessionOver(Exception):
    """There is no session any more: the user signs in anew."""


@dataclass(frozen=True, kw_only=True)
class Usable:
    """A token for an API, the session it is of, and what cookies become of it."""

    access_token: str
    used_until: float
    session: Session
    changes: CookieChanges


class Renewal:
    """Refreshes of one client's sessions."""

    def __init__(
        self,
        client_id: str,
        *,
        provider: Provider,
        tokens: TokenEndpoint,
        keeper: SessionKeeper,
        now: Callable[[], float],
    ) -> None:
        self._client_id = client_id
        self._provider = provider
        self._tokens = tokens
        self._keeper = keeper
        self._now = now

    def token(self, held: Held, api: Api) -> Usable:
        """Return a token that an API takes.

        SessionOver where the issuer takes the refresh token no more, or there never was
        one; TokenRefused and Unreachable leave the session as it is.
        """
        target = target_of(api)

        def enough(session: Session) -> bool:
            return session.token(target, now=self._now()) is not None

        if enough(held.session):
            return _usable(held.session, target=target)
        with self._keeper.turn(held, enough=enough) as turn:
            if turn.held is None:
                raise SessionOver
            if not turn.mine:
                return _usable(turn.held.session, target=target)
            session, changes = self._refresh(turn.held, api)
        # However short the new token lasts, it is for this call.
        return _usable(session, target=target, changes=changes)

    def _refresh(self, held: Held, api: Api) -> tuple[Session, CookieChanges]:
        session = held.session
        if session.refresh_token is None:
            self._keeper.end(held.key)
            raise SessionOver
        try:
            tokens = self._tokens.refresh(
                session.refresh_token, resource=api.resource, scope=api.scope
            )
            session = self._renewed(session, tokens, target=target_of(api))
        except TokenRefused as error:
            if error.error != "invalid_grant":
                raise
            log.info("A session is over: %s", error)
            self._keeper.end(held.key)
            raise SessionOver from error
        except Untrusted as error:
            log.warning("A session is over: the renewed ID token is %s", error)
            self._keeper.end(held.key)
            raise SessionOver from error
        changes = self._keeper.renew(held, session)
        if changes is None:
            # Signed out while the issuer was asked: what it gave is nobody's.
            self._tokens.revoke(session.refresh_token or "")
            raise SessionOver
        return session, changes

    def _renewed(self, session: Session, tokens: Tokens, *, target: str) -> Session:
        now = self._now()
        token = AccessToken.lasting(
            tokens.access_token, tokens.lifetime_seconds, now=now
        )
        renewed = session.having(target, token, refresh=tokens.refresh_token)
        if tokens.id_token is None:
            return renewed
        check_renewed_id_token(
            tokens.id_token,
            provider=self._provider,
            client_id=self._client_id,
            before={**session.id_claims, "nonce": session.nonce},
            access_token=tokens.access_token,
            now=now,
        )
        return replace(renewed, id_token=tokens.id_token)


def _usable(
    session: Session, *, target: str, changes: CookieChanges = NOTHING
) -> Usable:
    token = session.tokens[target]
    return Usable(
        access_token=token.value,
        used_until=token.used_until,
        session=session,
        changes=changes,
    )
