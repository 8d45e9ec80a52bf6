"""Settings of a client's library or product, ready to paste (pure).

A secret never stands in them: each reads it from the environment or from a file.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.oauth.client_kinds import Kind

SECRET_VARIABLE = "IDP_CLIENT_SECRET"  # noqa: S105 - a name
POST = "client_secret_post"
SCOPE = "openid profile email"
EXAMPLE_URI = "https://app.example/callback"


@dataclass(frozen=True)
class Snippet:
    """A piece of configuration: ``target`` is a slug, ``file`` where it belongs."""

    target: str
    title: str
    file: str
    text: str


@dataclass(frozen=True)
class Setup:
    """What the templates are filled with."""

    issuer: str
    client_id: str
    client_name: str
    redirect_uri: str
    home: str
    scope: str
    posts_secret: bool  # client_secret_post; the libraries' default is the header

    @property
    def endpoints(self) -> str:
        """Return where the endpoints begin."""
        return f"{self.issuer}/oauth2"

    @property
    def discovery(self) -> str:
        """Return the address of the discovery document."""
        return f"{self.issuer}/.well-known/openid-configuration"


def setup_of(issuer: str, *, client_id: str, metadata: Mapping[str, Any]) -> Setup:
    """Return what a client's snippets are filled with."""
    redirect_uri = first(metadata["redirect_uris"], EXAMPLE_URI)
    asked = SCOPE.split(" ") if metadata["redirect_uris"] else metadata["scope"].split()
    return Setup(
        issuer=issuer,
        client_id=client_id,
        client_name=metadata.get("client_name", client_id),
        redirect_uri=redirect_uri,
        home=first(metadata["post_logout_redirect_uris"], base_of(redirect_uri)),
        scope=" ".join(s for s in asked if s in metadata["scope"].split()),
        posts_secret=metadata["token_endpoint_auth_method"] == POST,
    )


def first(values: list[str], default: str) -> str:
    """Return the first value, or the default."""
    return values[0] if values else default


def base_of(uri: str) -> str:
    """Return the front page of the app that a redirect URI belongs to."""
    scheme, _, rest = uri.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"


def snippets_of(setup: Setup, kind: Kind) -> list[Snippet]:
    """Return the snippets that suit a client of this kind."""
    return [make(setup) for make in BY_KIND[kind]]


def quoted(value: str) -> str:
    """Return a string literal that Python, JavaScript and TOML read alike."""
    return json.dumps(value, ensure_ascii=False)


def authlib(setup: Setup) -> Snippet:
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


def auth_js(setup: Setup) -> Snippet:
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


def spring(setup: Setup) -> Snippet:
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


def oauth2_proxy(setup: Setup) -> Snippet:
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


def mod_auth_openidc(setup: Setup) -> Snippet:
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


def grafana(setup: Setup) -> Snippet:
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
    return Snippet("grafana", "Grafana", "grafana.ini", text)


def oidc_client_ts(setup: Setup) -> Snippet:
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


def appauth(setup: Setup) -> Snippet:
    """Return the properties that AppAuth for Android and iOS ask for."""
    values = {
        "discovery_uri": setup.discovery,
        "client_id": setup.client_id,
        "redirect_uri": setup.redirect_uri,
        "authorization_scope": setup.scope,
    }
    text = json.dumps(values, indent=2) + "\n"
    return Snippet("appauth", "AppAuth (Android, iOS)", "auth_config.json", text)


def curl(setup: Setup) -> Snippet:
    """Return a token request for the shell."""
    client_id = shlex.quote(setup.client_id)
    if setup.posts_secret:
        credentials = f'-d client_id={client_id} -d client_secret="${SECRET_VARIABLE}"'
    else:
        credentials = f'-u {client_id}:"${SECRET_VARIABLE}"'
    scope = f" \\\n  -d scope={shlex.quote(setup.scope)}" if setup.scope else ""
    text = f"""curl {setup.endpoints}/token \\
  {credentials} \\
  -d grant_type=client_credentials{scope}
"""
    return Snippet("curl", "curl", "shell", text)


def authlib_machine(setup: Setup) -> Snippet:
    """Return Authlib's session for the client credentials grant."""
    method = f'\n    token_endpoint_auth_method="{POST}",' * setup.posts_secret
    text = f"""import os

from authlib.integrations.requests_client import OAuth2Session

session = OAuth2Session(
    {quoted(setup.client_id)},
    os.environ["{SECRET_VARIABLE}"],
    token_endpoint="{setup.endpoints}/token",
    grant_type="client_credentials",
    scope={quoted(setup.scope)},{method}
)
session.fetch_token()
"""
    return Snippet("authlib", "Python with Authlib", "job.py", text)


BY_KIND: dict[Kind, tuple[Callable[[Setup], Snippet], ...]] = {
    Kind.SPA: (oidc_client_ts,),
    Kind.WEB: (authlib, auth_js, spring, oauth2_proxy, mod_auth_openidc, grafana),
    Kind.NATIVE: (appauth,),
    Kind.MACHINE: (curl, authlib_machine),
}
