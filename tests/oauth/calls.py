"""Requests that relying parties make, and how they check the answers.

Tokens are verified as a relying party does: by joserfc, with keys fetched over HTTP.
"""

from base64 import b64encode

from joserfc import jwt
from joserfc.jwk import KeySet

from idp.oauth.clients.view import DEVICE_CODE
from tests.make_clients import MadeClient
from tests.make_tokens import MadeCode


def anonymous(answer) -> tuple[bytes, list[tuple[str, str]]]:
    """Return the body and headers of an answer without the reference in them."""
    reference = answer.headers["X-Request-Id"]
    headers = [(name, text.replace(reference, "")) for name, text in answer.headers]
    return answer.data.replace(reference.encode(), b""), headers


def redeem(http, made: MadeCode, **changed):
    """Redeem a code as a public client; ``changed`` replaces or (None) drops fields."""
    form = {k: v for k, v in (made.form | changed).items() if v is not None}
    return http.post("/oauth2/token", data=form)


def redeem_with_secret(http, made: MadeCode, **changed):
    """Redeem a code as a confidential client."""
    form = {k: v for k, v in (made.form | changed).items() if v is not None}
    return http.post("/oauth2/token", data=form, headers=made.client.basic)


def refresh(http, client: MadeClient, token: str, **more):
    """Use a refresh token as a public client."""
    form = {
        "grant_type": "refresh_token",
        "client_id": client.client_id,
        "refresh_token": token,
    }
    return http.post("/oauth2/token", data=form | more)


def client_credentials(http, client: MadeClient, **more):
    """Ask for a token about the client itself."""
    form = {"grant_type": "client_credentials"} | more
    return http.post("/oauth2/token", data=form, headers=client.basic)


def ask_for_device(http, client: MadeClient, **form):
    """Send a device authorization request, with the secret of a client that has one."""
    return as_client(http, "/oauth2/device_authorization", client, **form)


def poll(http, client: MadeClient, device_code: str, **more):
    """Ask for tokens with a device code."""
    form = {"grant_type": DEVICE_CODE, "device_code": device_code} | more
    return as_client(http, "/oauth2/token", client, **form)


def userinfo(http, access_token: str):
    """Ask who the access token speaks of."""
    bearer = {"Authorization": f"Bearer {access_token}"}
    return http.get("/oauth2/userinfo", headers=bearer)


def revoke(http, client: MadeClient, token: str, **more):
    """End a token, as this client authenticates."""
    return as_client(http, "/oauth2/revoke", client, token=token, **more)


def introspect(http, client: MadeClient, token: str, **more):
    """Ask what a token is worth to this client."""
    return as_client(http, "/oauth2/introspect", client, token=token, **more)


def as_client(http, path: str, client: MadeClient, **form):
    """Send a form, with the secret of a client that has one."""
    if client.client_secret:
        return http.post(path, data=form, headers=client.basic)
    return http.post(path, data={"client_id": client.client_id} | form)


def verified(http, token: str, *, algorithms=("RS256", "ES256", "PS256", "Ed25519")):
    """Return a token whose signature fits a published key, by an outside library."""
    keys = KeySet.import_key_set(http.get("/.well-known/jwks.json").json)
    return jwt.decode(token, keys, algorithms=list(algorithms))


def claims_of(http, token: str) -> dict:
    """Return the claims of a token whose signature is good."""
    return verified(http, token).claims


def basic(pair: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(pair.encode()).decode()}
