"""Settings of a client's library or product, ready to paste (pure).

A secret never stands in them: each reads it from the environment or from a file.
"""

import json
from collections.abc import Callable

from idp.oauth.clients.kinds import Kind
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
)

# What Grafana calls its roles, the strongest first; who has none of them looks on.
GRAFANA_ROLES, GRAFANA_LEAST = ("GrafanaAdmin", "Admin", "Editor"), "'Viewer'"


def snippets_of(setup: Setup, kind: Kind) -> list[Snippet]:
    """Return the snippets that suit a client of this kind."""
    return [make(setup) for make in BY_KIND[kind]]


def _authlib(setup: Setup) -> Snippet:
    """Return the Flask integration of Authlib."""
    method = f'\n        "token_endpoint_auth_method": "{POST}",' * setup.posts_secret
    text = f"""import os

from authlib.integrations.flask_client import OAuth

oauth = OAuth(app)
oauth.register(
    "idp",
    server_metadata_url={quoted(setup.discovery)},
    client_id={quoted(setup.client_id)},
    client_secret=os.environ["{SECRET_VARIABLE}"],
    client_kwargs={{
        "scope": {quoted(setup.scope)},
        "code_challenge_method": "S256",{method}
    }},
)
"""
    return Snippet("authlib", "Flask with Authlib", "app.py", text)


def _auth_js(setup: Setup) -> Snippet:
    """Return a provider of Auth.js 5."""
    method = (
        f'\n  client: {{ token_endpoint_auth_method: "{POST}" }},' * setup.posts_secret
    )
    text = f"""export const idp = {{
  id: "idp",
  name: {quoted(setup.client_name)},
  type: "oidc",
  issuer: {quoted(setup.issuer)},
  clientId: {quoted(setup.client_id)},
  clientSecret: process.env.{SECRET_VARIABLE},
  checks: ["pkce", "state", "nonce"],{method}
}};
"""
    return Snippet("authjs", "Auth.js 5", "auth.ts", text)


def _spring(setup: Setup) -> Snippet:
    """Return a registration of Spring Security's OAuth 2.0 client."""
    registration = "spring.security.oauth2.client.registration.idp"
    provider = "spring.security.oauth2.client.provider.idp"
    method = f"{registration}.client-authentication-method={POST}\n"
    text = f"""{registration}.client-id={setup.client_id}
{registration}.client-secret=${{{SECRET_VARIABLE}}}
{registration}.scope={setup.scope.replace(" ", ",")}
{provider}.issuer-uri={setup.issuer}
"""
    text += method * setup.posts_secret
    return Snippet("spring", "Spring Boot", "application.properties", text)


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
    return Snippet("oauth2-proxy", "oauth2-proxy", "oauth2-proxy.cfg", text)


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
    return Snippet("mod_auth_openidc", "Apache mod_auth_openidc", "site.conf", text)


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
    return Snippet("grafana", "Grafana", "grafana.ini", text)


def _oidc_client_ts(setup: Setup) -> Snippet:
    """Return a user manager of oidc-client-ts."""
    text = f"""import {{ UserManager }} from "oidc-client-ts";

export const users = new UserManager({{
  authority: {quoted(setup.issuer)},
  client_id: {quoted(setup.client_id)},
  redirect_uri: {quoted(setup.redirect_uri)},
  response_type: "code",
  scope: {quoted(setup.scope)},
  post_logout_redirect_uri: {quoted(setup.home)},
}});
"""
    return Snippet("oidc-client-ts", "oidc-client-ts", "auth.js", text)


def _appauth(setup: Setup) -> Snippet:
    """Return the properties that AppAuth for Android and iOS ask for."""
    values = {
        "discovery_uri": setup.discovery,
        "client_id": setup.client_id,
        "redirect_uri": setup.redirect_uri,
        "authorization_scope": setup.scope,
    }
    text = json.dumps(values, indent=2) + "\n"
    return Snippet("appauth", "AppAuth (Android, iOS)", "auth_config.json", text)


BY_KIND: dict[Kind, tuple[Callable[[Setup], Snippet], ...]] = {
    Kind.SPA: (_oidc_client_ts,),
    Kind.WEB: (_authlib, _auth_js, _spring, _oauth2_proxy, _mod_auth_openidc, _grafana),
    Kind.NATIVE: (_appauth,),
    Kind.DEVICE: (curl_device, python_device),
    Kind.MACHINE: (curl, authlib_machine),
}
