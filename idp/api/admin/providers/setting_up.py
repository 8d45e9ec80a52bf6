"""What helps to set a provider up: the presets, and what one says of itself."""

from dataclasses import asdict
from typing import Any

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.federation.preview import Preview, preview
from idp.federation.providers.view import told_presets
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint, reply
from idp.web.provider_words import preview_words

api = JsonBlueprint(
    "admin_provider_setup_api", __name__, tag="Administration: providers"
)


class PresetAnswer(Answer):
    """A provider that many have: what is known of it, and what it `asks` for.

    `registration` is where this server is registered there. Its id is also the name of
    its icon.
    """

    __qualname__ = "ProviderPreset"  # as the API document calls it

    id: str
    name: str
    registration: str
    asks: list[str]
    members: dict[str, Any]


class PresetsAnswer(Answer):
    """The presets that there are."""

    __qualname__ = "ProviderPresets"  # as the API document calls it

    items: list[PresetAnswer]


class AskedProvider(Body):
    """An OpenID Provider, by its issuer or the URL of its discovery document."""

    url: str = Field(max_length=2000)


class PreviewedAnswer(Answer):
    """What a provider says of itself; `says_issuer`: its answers name it (RFC 9207)."""

    __qualname__ = "PreviewedProvider"  # as the API document calls it

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    jwks_uri: str | None
    end_session_endpoint: str | None
    auth_method: str
    says_issuer: bool


class PreviewAnswer(Answer):
    """What was found, or why nothing was; `message` is never the provider's words."""

    __qualname__ = "ProviderPreview"  # as the API document calls it

    found: PreviewedAnswer | None
    error: str | None
    message: str


@api.operation(
    "GET",
    "/api/admin/provider-presets",
    id="admin_provider_setup_api_list_presets",
    answers={200: PresetsAnswer},
    refusals=(NotPermitted,),
)
def show_presets(who: Caller) -> Response:
    """List the presets, with what each says and what it asks for."""
    access.require(who, Permission.PROVIDERS_READ)
    items = [PresetAnswer(**told) for told in told_presets()]
    return reply(PresetsAnswer(items=items))


@api.operation(
    "POST",
    "/api/admin/provider-discovery",
    id="admin_provider_setup_api_discover",
    body=AskedProvider,
    answers={200: PreviewAnswer},
    refusals=(NotPermitted, ReauthenticationRequired),
)
def discover(who: Caller, body: AskedProvider) -> PreviewAnswer:
    """Ask an OpenID Provider what it is, before it is added; nothing is kept."""
    access.require(who, Permission.PROVIDERS_WRITE)
    access.fresh_proof(who)
    return _answer(preview(body.url))


def _answer(asked: Preview) -> PreviewAnswer:
    """Return a preview as an answer."""
    found = PreviewedAnswer(**asdict(asked.found)) if asked.found else None
    return PreviewAnswer(
        found=found, error=asked.trial.error, message=preview_words(asked)
    )
