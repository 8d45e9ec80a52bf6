"""What a new client needs, worked out from a few answers (pure).

The redirect URI is what is mistaken most; a framework's name spares it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.view import DEVICE_CODE, PUBLIC, IdTokenClaims

SCOPE = "openid profile email"
START_PAGE = "initiate_login_uri"
OFFLINE = "offline_access"
LOOPBACK_URI = "http://127.0.0.1/callback"
SECRET_METHOD = "client_secret_basic"  # noqa: S105 - a name


@dataclass(frozen=True)
class Framework:
    """A framework or product and its path of redirection.

    ``slug`` is the target of its snippet (``clients.snippets``), ``start`` the path
    where it begins a sign-in. One that ``reads_id_token`` asks no UserInfo for claims.
    """

    slug: str
    title: str
    path: str
    start: str | None = None
    reads_id_token: bool = False


OTHER = Framework("other", "Another one", "/callback")
FRAMEWORKS: Mapping[Kind, tuple[Framework, ...]] = {
    Kind.WEB: (
        Framework("authlib", "Flask with Authlib", "/auth/callback", "/login"),
        Framework("fastapi", "FastAPI with Authlib", "/auth/callback", "/login"),
        Framework("django", "Django with Authlib", "/auth/callback", "/login"),
        Framework(
            "authjs",
            "Auth.js (Next.js, SvelteKit)",
            "/api/auth/callback/idp",
            reads_id_token=True,
        ),
        Framework("express", "Express", "/callback", "/login"),
        Framework(
            "spring",
            "Spring Boot",
            "/login/oauth2/code/idp",
            "/oauth2/authorization/idp",
        ),
        Framework("go", "Go", "/auth/callback", "/login"),
        Framework(
            "aspnet", "ASP.NET Core", "/signin-oidc", "/login", reads_id_token=True
        ),
        Framework("grafana", "Grafana", "/login/generic_oauth"),
        Framework(
            "oauth2-proxy",
            "oauth2-proxy",
            "/oauth2/callback",
            "/oauth2/start",
            reads_id_token=True,
        ),
        Framework("mod_auth_openidc", "Apache mod_auth_openidc", "/oidc/callback"),
        OTHER,
    ),
    Kind.SPA: (
        Framework("oidc-client-ts", "oidc-client-ts", "/callback", reads_id_token=True),
        OTHER,
    ),
}


@dataclass(frozen=True)
class Answers:
    """What was asked; what does not apply to the kind stays empty.

    ``returns_by`` is how browsers come back to a native app: loopback, scheme or https.
    """

    kind: Kind
    client_name: str
    framework: str = OTHER.slug
    base_url: str = ""
    returns_by: str = "loopback"
    scheme: str = ""
    scope: str = ""
    refresh: bool = True


def metadata_for(answers: Answers) -> dict[str, Any]:
    """Return RFC 7591 metadata for the answers; the registry judges it."""
    if answers.kind is Kind.MACHINE:
        return {
            "client_name": answers.client_name,
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": SECRET_METHOD,
            "scope": answers.scope,
        }
    if answers.kind is Kind.DEVICE:
        return {
            "client_name": answers.client_name,
            "application_type": "native",
            "grant_types": [DEVICE_CODE, "refresh_token"],
            "token_endpoint_auth_method": PUBLIC,
            "scope": f"{SCOPE} {OFFLINE}",
        }
    refresh = ["refresh_token"] if answers.refresh else []
    return {
        "client_name": answers.client_name,
        "application_type": "native" if answers.kind is Kind.NATIVE else "web",
        "grant_types": ["authorization_code", *refresh],
        "token_endpoint_auth_method": (
            SECRET_METHOD if answers.kind is Kind.WEB else PUBLIC
        ),
        "redirect_uris": [_redirect_uri_for(answers)],
        "post_logout_redirect_uris": _home_for(answers),
        "scope": f"{SCOPE} {OFFLINE}" if answers.refresh else SCOPE,
        **_of_framework(answers),
    }


def _of_framework(answers: Answers) -> dict[str, Any]:
    """Return what a framework wants besides, or makes possible."""
    if answers.kind is Kind.NATIVE:
        return {}
    chosen, members = _framework_of(answers), {}
    if chosen.start:
        members[START_PAGE] = answers.base_url.rstrip("/") + chosen.start
    if chosen.reads_id_token:
        members["id_token_claims"] = IdTokenClaims.SCOPE.value
    return members


def _framework_of(answers: Answers) -> Framework:
    """Return the framework that was chosen."""
    known = {item.slug: item for item in FRAMEWORKS[answers.kind]}
    return known[answers.framework]


def _redirect_uri_for(answers: Answers) -> str:
    """Return where browsers come back to."""
    if answers.kind is not Kind.NATIVE:
        return answers.base_url.rstrip("/") + _framework_of(answers).path
    if answers.returns_by == "scheme":
        return f"{answers.scheme.partition(':')[0]}:/callback"
    if answers.returns_by == "https":
        return answers.base_url.rstrip("/") + OTHER.path
    return LOOPBACK_URI


def _home_for(answers: Answers) -> list[str]:
    """Return where users may go after signing out: the app's front page."""
    if answers.kind is Kind.NATIVE:
        return []
    return [answers.base_url.rstrip("/") + "/"]
