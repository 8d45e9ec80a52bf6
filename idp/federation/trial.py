"""Trying a provider as it is set up, without anybody signing in.

What a provider answers itself is shown to nobody: what failed has a word of ours.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from idp.core.clock import utcnow
from idp.core.db import undo_if_used
from idp.core.randomness import new_token
from idp.federation.ldap.asking import DirectoryFailed, DirectoryStep
from idp.federation.ldap.identity import identity_of
from idp.federation.ldap.lookup import look_around, look_up
from idp.federation.ldap.settings import directory_of
from idp.federation.ldap_members import KIND
from idp.federation.of_organizations.providers import get_own_provider
from idp.federation.providers.provider import Provider
from idp.federation.providers.registry import get_provider
from idp.federation.upstream.discovery import Endpoints, discover_anew
from idp.federation.upstream.documents import JSON, as_object, fetch_json, read_json
from idp.federation.upstream.documents import send as send_upstream
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.of_provider import (
    endpoints_of,
    reach_of,
    registration_at,
)
from idp.federation.upstream.registration import UpstreamClient, authenticated
from idp.organizations.access import Actor, require
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.security import audit
from idp.security.jwks import listed, usable_keys
from idp.security.outbound.client import FORM, Request
from idp.security.ratelimit.budgets import PROVIDER_TRIAL

# What providers say of a code that is none, to a client that they know: RFC 6749 §5.2,
# and the words of GitHub and of Slack.
CODE_UNKNOWN = frozenset({"invalid_grant", "bad_verification_code", "invalid_code"})
CLIENT_UNKNOWN = frozenset(
    {
        *("invalid_client", "unauthorized_client", "incorrect_client_credentials"),
        *("bad_client_secret", "invalid_client_id"),
    }
)
REDIRECT_UNKNOWN = frozenset(
    {"redirect_uri_mismatch", "invalid_redirect_uri", "bad_redirect_uri"}
)


class TrialStep(StrEnum):
    """What is tried, in this order."""

    DISCOVERY = "discovery"
    KEYS = "keys"
    TOKEN = "token"  # noqa: S105 - a step
    CONNECT = DirectoryStep.CONNECT.value
    TLS = DirectoryStep.TLS.value
    BIND = DirectoryStep.BIND.value
    SEARCH = DirectoryStep.SEARCH.value
    GROUPS = DirectoryStep.GROUPS.value


@dataclass(frozen=True)
class FoundPerson:
    """A person of a directory as this server would know them."""

    email: str | None
    username: str | None
    name: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True)
class ProviderTrial:
    """What came of a test: ``error`` says in a word why ``step`` failed, if one did.

    ``found`` is who a login means in a directory, where one was given.
    """

    step: TrialStep | None = None
    error: str | None = None
    found: FoundPerson | None = None

    @property
    def passed(self) -> bool:
        """Tell whether nothing failed."""
        return self.error is None


def try_provider(
    provider_id: str, *, login: str = "", by: str | None = None
) -> ProviderTrial:
    """Ask a provider what it is asked at a sign-in, with a code that is none.

    A provider tells who proves who they are that there is no such code, and others
    that it does not know them. A directory is asked for whoever has the ``login``, if
    one is given, without a password. Raises UnknownProvider.
    """
    provider = get_provider(provider_id)
    undo_if_used()  # no connection is held while the provider is asked
    directory = provider.kind == KIND
    done = _try_directory(provider, login) if directory else _try(provider)
    audit.record(
        "provider.tested",
        user_id=by,
        provider=provider_id,
        after={"passed": done.passed, "step": done.step, "error": done.error},
    )
    return done


def try_own_provider(
    organization: Organization, provider_id: str, *, actor: Actor
) -> ProviderTrial:
    """Do so for who may change a provider of an organization.

    Each makes this server send three requests. Raises RateLimited, UnknownProvider, and
    what ``access.require`` does.
    """
    require(organization, Right.PROVIDERS, actor=actor)
    get_own_provider(organization, provider_id)
    PROVIDER_TRIAL.meter(organization.id).count()
    return try_provider(provider_id, by=actor.user_id)


def _try_directory(provider: Provider, login: str) -> ProviderTrial:
    """Do in a directory what each sign-in does before a password is tried."""
    directory = directory_of(provider)
    try:
        if not login:
            look_around(directory)
            return ProviderTrial()
        identity = identity_of(provider, look_up(directory, login), now=utcnow())
    except DirectoryFailed as failed:
        return ProviderTrial(TrialStep(failed.step.value), failed.reason)
    except UpstreamError as failed:
        return ProviderTrial(TrialStep.SEARCH, failed.reason)
    told = {name: identity.profile.get(name) for name in ("username", "name")}
    found = FoundPerson(identity.email, groups=identity.groups, **told)
    return ProviderTrial(found=found)


def _try(provider: Provider) -> ProviderTrial:
    """Try one step after the other, until one fails."""
    with reach_of(provider):
        done = _try_steps(provider, registration_at(provider))
    if done.error != "blocked_address" or provider.organization_id is None:
        return done
    if not provider.private_networks:
        return replace(done, error="blocked_private")
    elsewhere = provider.issuer and done.step != TrialStep.DISCOVERY
    return replace(done, error="blocked_elsewhere") if elsewhere else done


def _try_steps(provider: Provider, registration: UpstreamClient) -> ProviderTrial:
    """Do so where it may be asked."""
    step = TrialStep.DISCOVERY
    try:
        endpoints = _endpoints(provider)
        if endpoints.jwks_uri:
            step = TrialStep.KEYS
            _require_keys(endpoints.jwks_uri)
        step = TrialStep.TOKEN
        _require_known_client(endpoints, registration)
    except UpstreamError as failed:
        return ProviderTrial(step, failed.reason)
    return ProviderTrial()


def _endpoints(provider: Provider) -> Endpoints:
    """Return where a provider is asked, as it says right now."""
    if provider.issuer:
        return discover_anew(provider.issuer)
    return endpoints_of(provider)


def _require_keys(jwks_uri: str) -> None:
    """Raise UpstreamError where no key is published that we can check with."""
    if not usable_keys(listed(fetch_json(jwks_uri))):
        raise UpstreamError("no_keys")


def _require_known_client(endpoints: Endpoints, registration: UpstreamClient) -> None:
    """Raise UpstreamError unless a made-up code is what a provider refuses."""
    proving, fields = authenticated(
        registration, issuer=endpoints.issuer, token_endpoint=endpoints.token
    )
    form = {
        "grant_type": "authorization_code",
        "code": new_token(),
        "code_verifier": new_token(),
        "redirect_uri": registration.redirect_uri,
        **fields,
    }
    headers = {**proving, "Accept": JSON, "Content-Type": FORM}
    answer = send_upstream(Request(endpoints.token, headers, form))
    refused = as_object(read_json(answer.body)).get("error")
    trouble = _trouble_in(refused, status=answer.status)
    if trouble:
        raise UpstreamError(trouble)


def _trouble_in(refused: Any, *, status: int) -> str | None:
    """Return a word for what a token endpoint said, None for what it should."""
    said = refused if isinstance(refused, str) else None
    if said in CODE_UNKNOWN:
        return None
    if said in CLIENT_UNKNOWN or status == HTTPStatus.UNAUTHORIZED:
        return "client"
    return "redirect_uri" if said in REDIRECT_UNKNOWN else "unclear"
