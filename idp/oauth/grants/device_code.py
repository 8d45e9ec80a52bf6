"""The device grant (RFC 8628 §3.4) on Authlib: translation, no policy."""

from typing import Any

from authlib.oauth2 import rfc8628
from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Error,
    UnauthorizedClientError,
)

from idp.core.clock import utcnow
from idp.oauth.device import codes as device_codes
from idp.oauth.device.codes import Standing
from idp.oauth.grants.resources import checked_resources
from idp.oauth.tokens import entitlements, issue
from idp.oauth.tokens.entitlements import Entitlement

WORTHLESS = (
    "The device code is unknown or used, belongs to another client, or its "
    "authorization has ended. Start a new device authorization request."
)
REFUSALS: dict[Standing, tuple[type[OAuth2Error], str]] = {
    Standing.PENDING: (
        rfc8628.AuthorizationPendingError,
        "The person has not answered yet. Poll again after the interval.",
    ),
    Standing.TOO_SOON: (
        rfc8628.SlowDownError,
        "Wait five seconds longer between polls from now on.",
    ),
    Standing.EXPIRED: (
        rfc8628.ExpiredTokenError,
        "Nobody answered in time. Start a new device authorization request.",
    ),
    Standing.DENIED: (AccessDeniedError, "The person said no."),
    Standing.WORTHLESS: (InvalidGrantError, WORTHLESS),
}


class DeviceCredential:
    """A device code that was spent, in the form that Authlib passes around."""

    def __init__(self, entitlement: Entitlement) -> None:
        self.entitlement = entitlement

    def get_scope(self) -> str:
        """Return what the person allowed."""
        return self.entitlement.scope


class DeviceCodeGrant(rfc8628.DeviceCodeGrant):
    """Spends an allowed code before anything is issued; else says how it stands."""

    def validate_token_request(self) -> None:
        """Judge a poll; of parallel polls with an allowed code, one passes here."""
        device_code = self.request.form.get("device_code")
        if device_code is None:
            raise InvalidRequestError("device_code is missing.")
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError(f"{self.GRANT_TYPE} is not registered.")
        entitlement = self.redeem(device_code, client_id=client.client_id)
        self.request.client, self.request.user = client, entitlement
        self.request.credential = DeviceCredential(entitlement)

    def redeem(self, device_code: str, *, client_id: str) -> Entitlement:
        """Return what the person allowed, or raise what the device is told."""
        standing, grant_id = device_codes.poll(device_code, client_id=client_id)
        if standing is not Standing.ALLOWED:
            refusal, description = REFUSALS[standing]
            raise refusal(description)
        entitlement = entitlements.find(grant_id) if grant_id else None
        if entitlement is None or not entitlement.live(utcnow()):
            raise InvalidGrantError(WORTHLESS)
        checked_resources(self.request, entitlement.resource)  # costs no code
        if not device_codes.spend(device_code, client_id=client_id):
            raise InvalidGrantError(WORTHLESS)
        return entitlement

    def generate_token(
        self, *, user: Entitlement, scope: str, include_refresh_token: bool
    ) -> dict[str, Any]:
        """Return the tokens; a refresh token for clients that registered the grant."""
        return issue.first_to_user_client(
            user,
            client=self.request.client,
            scope=scope,
            resources=checked_resources(self.request, user.resource),
            refreshes=include_refresh_token,
        )
