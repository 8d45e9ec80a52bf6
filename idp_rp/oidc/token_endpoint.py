"""Requests that the client makes with its secret: tokens, and their end."""

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote_plus

from idp_rp.oidc.provider import Provider
from idp_rp.outbound import IssuerAnswer, Unreachable
from idp_rp.settings import BffSettings

log = logging.getLogger("idp_rp")
DEFAULT_LIFETIME_SECONDS = 300


class TokenRefused(Exception):
    """The issuer gives no token; ``error`` is the code of RFC 6749 §5.2."""

    def __init__(self, error: str, *, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """A successful answer (RFC 6749 §5.1)."""

    access_token: str
    refresh_token: str | None
    id_token: str | None
    lifetime_seconds: int


class TokenEndpoint:
    """The client at its issuer."""

    def __init__(self, settings: BffSettings, *, provider: Provider) -> None:
        self._settings = settings
        self._provider = provider

    def redeem(self, code: str, *, verifier: str, resource: str | None) -> Tokens:
        """Exchange a code (RFC 6749 §4.1.3, RFC 7636 §4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "code_verifier": verifier,
        }
        return self._tokens(form | ({"resource": resource} if resource else {}))

    def refresh(
        self, refresh_token: str, *, resource: str | None, scope: str
    ) -> Tokens:
        """Exchange a refresh token for what one API takes (RFC 6749 §6, RFC 8707)."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        narrowed = {"resource": resource or "", "scope": scope}
        return self._tokens(
            form | {key: told for key, told in narrowed.items() if told}
        )

    def revoke(self, refresh_token: str) -> None:
        """Tell the issuer that a refresh token is done with (RFC 7009).

        What cannot be told is noted: the user is signed out here in any case.
        """
        try:
            endpoint = self._provider.metadata().revocation_endpoint
            if endpoint:
                form = {"token": refresh_token, "token_type_hint": "refresh_token"}
                status = self._post(endpoint, form).status
                if status != HTTPStatus.OK:
                    log.warning("The issuer did not revoke a token: status %s", status)
        except Unreachable as error:
            log.warning("The issuer did not revoke a token: %s", error)

    def _tokens(self, form: Mapping[str, str]) -> Tokens:
        answer = self._post(self._provider.metadata().token_endpoint, form)
        found = answer.body
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or (
            answer.status == HTTPStatus.TOO_MANY_REQUESTS
        ):
            raise Unreachable(f"the token endpoint answered {answer.status}")
        access_token = found.get("access_token")
        if answer.status != HTTPStatus.OK or not isinstance(access_token, str):
            raise TokenRefused(
                str(found.get("error", f"status {answer.status}")),
                description=str(found.get("error_description", "")),
            )
        if str(found.get("token_type", "")).lower() != "bearer":
            raise TokenRefused("token_type", description="not a Bearer token")
        lifetime = found.get("expires_in")
        return Tokens(
            access_token=access_token,
            refresh_token=_text(found.get("refresh_token")),
            id_token=_text(found.get("id_token")),
            lifetime_seconds=(
                lifetime if isinstance(lifetime, int) else DEFAULT_LIFETIME_SECONDS
            ),
        )

    def _post(self, url: str, form: Mapping[str, str]) -> IssuerAnswer:
        """Authenticate as registered; both parts are encoded first (§2.3.1)."""
        settings = self._settings
        if settings.client_auth == "client_secret_post":
            own = {
                "client_id": settings.client_id,
                "client_secret": settings.client_secret,
            }
            return self._provider.post(url, form={**form, **own}, headers={})
        pair = f"{quote_plus(settings.client_id)}:{quote_plus(settings.client_secret)}"
        basic = base64.b64encode(pair.encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        return self._provider.post(url, form=form, headers=headers)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
