"""Settings of a client's library or product, ready to paste (pure).

A secret never stands in them: each reads it from the environment or from a file.
"""

import json
from collections.abc import Callable

from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.snippets import frameworks
from idp.oauth.clients.snippets.machines import (
    authlib_machine,
    curl,
    curl_device,
    python_device,
)
from idp.oauth.clients.snippets.setup import (
    POST,
    SECRET_VARIABLE,
    Setup,
    Snippet,
    quoted,
    single,
)

# What Grafana calls its roles, the strongest first; who has none of them looks on.
GRAFANA_ROLES, GRAFANA_LEAST = ("GrafanaAdmin", "Admin", "Editor"), "'Viewer'"


def snippets_of(setup: Setup, kind: Kind) -> list[Snippet]:
    """Return the snippets that suit a client of this kind."""
    return [make(setup) for make in BY_KIND[kind]]


def _oauth2_proxy(setup: Setup) -> Snippet:
    """Return a configuration of oauth2-proxy."""
    text = f"""provider = "oidc"
oidc_issuer_url = {quoted(setup.issuer)}
client_id = {quoted(setup.client_id)}
client_secret_file = "/run/secrets/idp_client_secret"
code_challenge_method = "S256"
redirect_url = {quoted(setup.redirect_uri)}
scope = {quoted(setup.scope)}
email_domains = ["*"]
# OAUTH2_PROXY_COOKIE_SECRET in the environment: openssl rand -base64 32
"""
    return single("oauth2-proxy", "oauth2-proxy", file="oauth2-proxy.cfg", text=text)


def _mod_auth_openidc(setup: Setup) -> Snippet:
    """Return directives of Apache's mod_auth_openidc."""
    text = f"""OIDCProviderMetadataURL {setup.discovery}
OIDCClientID {setup.client_id}
OIDCClientSecret ${{{SECRET_VARIABLE}}}
OIDCRedirectURI {setup.redirect_uri}
OIDCCryptoPassphrase ${{OIDC_CRYPTO_PASSPHRASE}}
OIDCPKCEMethod S256
OIDCScope "{setup.scope}"
"""
    text += f"OIDCProviderTokenEndpointAuth {POST}\n" * setup.posts_secret
    return single(
        "mod_auth_openidc", "Apache mod_auth_openidc", file="site.conf", text=text
    )


def _grafana(setup: Setup) -> Snippet:
    """Return the generic OAuth section of Grafana."""
    text = f"""[auth.generic_oauth]
enabled = true
name = {setup.client_name}
client_id = {setup.client_id}
client_secret = $__env{{{SECRET_VARIABLE}}}
scopes = {setup.scope}
auth_url = {setup.endpoints}/authorize
token_url = {setup.endpoints}/token
api_url = {setup.endpoints}/userinfo
use_pkce = true
"""
    known = [name for name in GRAFANA_ROLES if name in setup.roles]
    if known:
        chosen = [f"contains(roles[*], '{name}') && '{name}'" for name in known]
        text += f"role_attribute_path = {' || '.join([*chosen, GRAFANA_LEAST])}\n"
    return single("grafana", "Grafana", file="grafana.ini", text=text)


def _appauth(setup: Setup) -> Snippet:
    """Return the properties that AppAuth for Android and iOS ask for."""
    values = {
        "discovery_uri": setup.discovery,
        "client_id": setup.client_id,
        "redirect_uri": setup.redirect_uri,
        "authorization_scope": setup.scope,
    }
    text = json.dumps(values, indent=2) + "\n"
    return single(
        "appauth", "AppAuth (Android, iOS)", file="auth_config.json", text=text
    )


BY_KIND: dict[Kind, tuple[Callable[[Setup], Snippet], ...]] = {
    Kind.SPA: (frameworks.oidc_client_ts,),
    Kind.WEB: (
        frameworks.flask,
        frameworks.fastapi,
        frameworks.django,
        frameworks.auth_js,
        frameworks.express,
        frameworks.spring,
        frameworks.go,
        frameworks.aspnet,
        _oauth2_proxy,
        _mod_auth_openidc,
        _grafana,
    ),
    Kind.NATIVE: (_appauth,),
    Kind.DEVICE: (curl_device, python_device),
    Kind.MACHINE: (curl, authlib_machine),
}
