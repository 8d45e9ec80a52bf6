"""What an operator has set of a provider, as the protocol needs it."""

from contextlib import AbstractContextManager

from idp.federation.providers.provider import Provider
from idp.federation.providers.redirect_uri import redirect_uri_of
from idp.federation.providers.secrets import open_secret
from idp.federation.upstream.discovery import Endpoints, discover
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.registration import ClientProof, UpstreamClient
from idp.security.outbound.reach import public_addresses_alone
from idp.security.outbound.targets import place_of


def reach_of(provider: Provider) -> AbstractContextManager[None]:
    """Ask a provider within this: that of an organization at public addresses alone.

    Its owners say where it is, and are no operators, who may let it be elsewhere: then
    what was said to them may, its issuer or its endpoints. What that in turn names,
    which its owners may run, is still at public addresses where it is another server.
    """
    said: list[str | None] = []
    if provider.private_networks:
        said += [provider.issuer, provider.token_endpoint]
        said += [provider.userinfo_endpoint, provider.emails_endpoint]
    places = {place_of(url) for url in said if url}
    by_owners = provider.organization_id is not None
    return public_addresses_alone(when=by_owners, but=filter(None, places))


def endpoints_of(provider: Provider) -> Endpoints:
    """Return where a provider is asked; raises UpstreamAway or UpstreamError."""
    if provider.kind == "oidc":
        with reach_of(provider):
            return discover(provider.issuer or "")
    if not (provider.authorization_endpoint and provider.token_endpoint):
        raise UpstreamError("endpoints")
    return Endpoints(
        authorization=provider.authorization_endpoint,
        token=provider.token_endpoint,
        userinfo=provider.userinfo_endpoint,
        emails=provider.emails_endpoint,
    )


def registration_at(provider: Provider) -> UpstreamClient:
    """Return what this server is at a provider."""
    return UpstreamClient(
        provider.client_id,
        redirect_uri_of(provider.id),
        auth_method=ClientProof(provider.auth_method),
        secret=open_secret(provider),
        key_id=provider.key_id,
        team_id=provider.team_id,
    )
