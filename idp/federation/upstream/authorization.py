"""Sending a browser to an upstream provider (OIDC Core §3.1.2.1, RFC 7636).

What the answer is checked against is made here, and kept until it comes.
"""

from dataclasses import dataclass, field

from authlib.oauth2.client import OAuth2Client

from idp.core.randomness import new_token
from idp.federation.upstream.discovery import Endpoints
from idp.federation.upstream.registration import UpstreamClient

OPENID = "openid"
FORM_POST = "form_post"


@dataclass(frozen=True)
class Asked:
    """What a provider is asked for besides a sign-in; None leaves it to them.

    Of ``prompt`` only what is about the sign-in there: consent is asked here.
    """

    prompt: str | None = None
    max_age: int | None = None
    login_hint: str | None = None
    ui_locales: str | None = None
    acr_values: str | None = None


NOTHING_ASKED = Asked()


@dataclass(frozen=True)
class Secrets:
    """What only this server and the browser's way through the provider know."""

    state: str = field(default_factory=new_token, repr=False)
    nonce: str = field(default_factory=new_token, repr=False)
    code_verifier: str = field(default_factory=new_token, repr=False)


def authorization_url(
    endpoints: Endpoints,
    registration: UpstreamClient,
    *,
    scope: str,
    secrets: Secrets,
    asked: Asked = NOTHING_ASKED,
    response_mode: str | None = None,
) -> str:
    """Return where the browser goes: the answer comes to the registered redirect URI.

    A provider that is no OpenID Provider is asked for no more than plain OAuth has.
    """
    client = OAuth2Client(
        session=None,
        client_id=registration.client_id,
        scope=scope,
        redirect_uri=registration.redirect_uri,
        code_challenge_method="S256",
    )
    url, _ = client.create_authorization_url(
        endpoints.authorization,
        state=secrets.state,
        code_verifier=secrets.code_verifier,
        response_mode=response_mode,
        **(_of_openid(asked, secrets) if endpoints.issuer else {}),
    )
    return str(url)


def _of_openid(asked: Asked, secrets: Secrets) -> dict[str, str | None]:
    """Return the parameters that OpenID Connect adds."""
    return {
        "nonce": secrets.nonce,
        "prompt": asked.prompt,
        "max_age": None if asked.max_age is None else str(asked.max_age),
        "login_hint": asked.login_hint,
        "ui_locales": asked.ui_locales,
        "acr_values": asked.acr_values,
    }
