"""Sending a browser to a provider."""

from dataclasses import replace

from idp.federation.providers.provider import Provider
from idp.federation.sign_in.requests import Ahead, send_browser
from idp.federation.upstream.authorization import (
    NOTHING_ASKED,
    Asked,
    Secrets,
    authorization_url,
)
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.of_provider import endpoints_of, registration_at
from idp.security.ratelimit.budgets import PROVIDER_BEGIN
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

LOGIN = "login"


def begin(
    provider: Provider,
    *,
    browser: str,
    ahead: Ahead,
    requester: Requester,
    asked: Asked = NOTHING_ASKED,
    user_id: str | None = None,
) -> str:
    """Return where a browser goes, whose cookie is ``browser``.

    ``user_id`` is who wants to link what it brings back. Who asks for a new sign-in
    asks to be told when it was, too: some providers pass over ``prompt``. Nobody is
    sent for that where no provider of the kind could tell. Raises UpstreamAway,
    UpstreamError and RateLimited.
    """
    PROVIDER_BEGIN.meter(network_of(requester.ip)).count()
    if asked.prompt == LOGIN and asked.max_age is None:
        asked = replace(asked, max_age=0)
    if asked.max_age is not None and not provider.tells_when:
        raise UpstreamError("no_auth_time")  # it would be gone there for nothing
    endpoints, secrets = endpoints_of(provider), Secrets()
    url = authorization_url(
        endpoints,
        registration_at(provider),
        scope=" ".join(provider.scopes),
        secrets=secrets,
        asked=asked,
        response_mode=provider.response_mode,
    )
    send_browser(
        provider.id,
        secrets=secrets,
        browser=browser,
        ahead=ahead,
        user_id=user_id,
        max_age=asked.max_age,
    )
    return url
