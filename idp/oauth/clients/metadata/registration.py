"""Validation of client metadata (pure; RFC 7591 §2, OIDC Registration 1.0 §2).

Every mistake is collected, so one answer shows them all, and each message says what
would be right. Language-tagged names (``client_name#de``) are accepted and not kept.
"""

import difflib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from idp.core.errors import FieldError, IdpError
from idp.oauth.clients.metadata import authentication as authentication_metadata
from idp.oauth.clients.metadata import logout as logout_metadata
from idp.oauth.clients.metadata.authentication import PRIVATE_KEY_JWT
from idp.oauth.clients.view import DEVICE_CODE, PUBLIC
from idp.oauth.protocol import scopes
from idp.oauth.protocol.redirect_uris import registrable

AUTH_METHODS = ("client_secret_basic", "client_secret_post", PRIVATE_KEY_JWT, PUBLIC)
GRANT_TYPES = (
    "authorization_code",
    "refresh_token",
    "client_credentials",
    DEVICE_CODE,
)
PERSONAL_GRANTS = frozenset({"authorization_code", DEVICE_CODE})
RESPONSE_TYPES = ("code",)
ID_TOKEN_ALGS = ("RS256", "ES256", "PS256", "EdDSA")
ACCESS_TOKEN_ALGS = ("ES256", "RS256")
MAX_TEXT = 255
MAX_ITEMS = 50

REDIRECT_FIELDS = ("redirect_uris", "post_logout_redirect_uris")
CHOICES = {
    "application_type": ("web", "native"),
    "token_endpoint_auth_method": AUTH_METHODS,
    "id_token_signed_response_alg": ID_TOKEN_ALGS,
    "access_token_signed_response_alg": ACCESS_TOKEN_ALGS,  # ours
    "userinfo_signed_response_alg": ID_TOKEN_ALGS,
    "subject_type": ("public",),
    **authentication_metadata.CHOICES,
}
LIST_CHOICES = {"grant_types": GRANT_TYPES, "response_types": RESPONSE_TYPES}
TEXTS = ("client_name", "software_id", "software_version")
PAGES = ("client_uri", "logo_uri", "policy_uri", "tos_uri", "initiate_login_uri")
KNOWN = frozenset(
    {*REDIRECT_FIELDS, *CHOICES, *LIST_CHOICES, *TEXTS, *PAGES}
    | {"scope", "optional_scope", "contacts", "default_max_age", "require_auth_time"}
    | {"default_acr_values"}
    | {*logout_metadata.URIS, *logout_metadata.SESSION_REQUIRED}
    | authentication_metadata.CHECKS.keys()
)


class InvalidClientMetadata(IdpError):
    """Metadata that no client can be registered with; ``errors`` has each mistake.

    The code of an error is the one of RFC 7591 §3.2.2: ``invalid_redirect_uri`` or
    ``invalid_client_metadata``.
    """

    code = "invalid_client_metadata"
    status = HTTPStatus.BAD_REQUEST
    title = "The client cannot be registered."

    def __str__(self) -> str:
        return "\n".join(f"{error.field}: {error.message}" for error in self.errors)


def validate(metadata: Mapping[str, Any], *, issuer: str) -> dict[str, Any]:
    """Return the metadata to keep, every default filled in.

    Raises InvalidClientMetadata. Members that are not ours to understand are left out
    (RFC 7591 §2); ``unknown_members`` finds them for callers who mean to be strict.
    """
    given = {name: value for name, value in metadata.items() if value is not None}
    errors = [*_shape_errors(given)]
    if not errors:
        values = with_defaults(given)
        errors = [
            *_redirect_uri_errors(values, issuer),
            *_frontchannel_errors(values, issuer),
            *_consistency_errors(values),
        ]
    if errors:
        raise InvalidClientMetadata(errors)
    return values


def unknown_members(metadata: Mapping[str, Any], *, also: frozenset[str]) -> list[str]:
    """Return what is wrong with each name that means nothing here."""
    known = KNOWN | also
    return [
        f"{name}: not supported{_nearest(name, known)}"
        for name in metadata
        if name.partition("#")[0] not in known
    ]


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the known members with the defaults of RFC 7591 §2 and OIDC §2.

    A native app's secret would be in every copy of it, so its default is ``none``.
    """
    native = given.get("application_type") == "native"
    values: dict[str, Any] = {
        "redirect_uris": [],
        "post_logout_redirect_uris": [],
        "application_type": "web",
        "token_endpoint_auth_method": PUBLIC if native else "client_secret_basic",
        "grant_types": ["authorization_code"],
        "id_token_signed_response_alg": "RS256",
        "access_token_signed_response_alg": "ES256",
        "contacts": [],
    }
    values.update((name, given[name]) for name in sorted(KNOWN & given.keys()))
    interactive = "authorization_code" in values["grant_types"]
    values.setdefault("response_types", ["code"] if interactive else [])
    if "scope" not in values:
        values["scope"] = _default_scope(values["grant_types"])
    return values


def _nearest(name: str, known: frozenset[str]) -> str:
    """Return ``; did you mean …?`` when a known name is close, else nothing."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f"; did you mean {close[0]}?" if close else ""


def _shape_errors(given: Mapping[str, Any]) -> list[FieldError]:
    """Return which members are not of their type or not one of their values."""
    checks: list[tuple[str, Callable[[Any], str | None]]] = [
        *((name, _uri_list_problem) for name in REDIRECT_FIELDS),
        *((name, _one_of(values)) for name, values in CHOICES.items()),
        *((name, _all_of(values)) for name, values in LIST_CHOICES.items()),
        *((name, _text_problem) for name in TEXTS),
        *((name, _page_problem) for name in PAGES),
        ("scope", _scope_problem),
        ("optional_scope", _scope_problem),  # ours
        ("default_acr_values", _words_problem),
        ("contacts", _contacts_problem),
        ("default_max_age", _seconds_problem),
        ("require_auth_time", _boolean_problem),
        *((name, logout_metadata.uri_problem) for name in logout_metadata.URIS),
        *((name, _boolean_problem) for name in logout_metadata.SESSION_REQUIRED),
        *authentication_metadata.CHECKS.items(),
    ]
    found = ((name, check(given[name])) for name, check in checks if name in given)
    return [_invalid(name, problem) for name, problem in found if problem]


def _default_scope(grant_types: list[str]) -> str:
    """Return the scope of a client that names none: what its grants can use."""
    if PERSONAL_GRANTS.isdisjoint(grant_types):
        return ""
    refreshes = "refresh_token" in grant_types
    return scopes.join(
        s for s in scopes.USER_SCOPES if s != scopes.OFFLINE_ACCESS or refreshes
    )


def _redirect_uri_errors(values: Mapping[str, Any], issuer: str) -> list[FieldError]:
    """Return which redirect URIs cannot be registered, and a missing one."""
    errors = []
    kind = values["application_type"]
    for field in REDIRECT_FIELDS:
        for uri in values[field]:
            problem = registrable(uri, application_type=kind, issuer=issuer)
            if problem:
                message = f"{uri!r} {problem}"
                errors.append(FieldError(field, "invalid_redirect_uri", message))
    if "authorization_code" in values["grant_types"] and not values["redirect_uris"]:
        message = "is needed for authorization_code: name where the browser comes back"
        errors.append(FieldError("redirect_uris", "invalid_redirect_uri", message))
    return errors


def _frontchannel_errors(values: Mapping[str, Any], issuer: str) -> list[FieldError]:
    """Return why ``frontchannel_logout_uri`` cannot be registered."""
    uri = values.get(logout_metadata.FRONTCHANNEL)
    if uri is None:
        return []
    problem = logout_metadata.frontchannel_problem(
        uri, redirect_uris=values["redirect_uris"], issuer=issuer
    )
    return [_invalid(logout_metadata.FRONTCHANNEL, problem)] if problem else []


def _consistency_errors(values: Mapping[str, Any]) -> list[FieldError]:
    """Return which members contradict each other (RFC 7591 §2.1)."""
    grants, errors = values["grant_types"], []
    interactive = "authorization_code" in grants
    if interactive != ("code" in values["response_types"]):
        message = "must hold code exactly when grant_types holds authorization_code"
        errors.append(_invalid("response_types", message))
    if "refresh_token" in grants and PERSONAL_GRANTS.isdisjoint(grants):
        message = "refresh_token needs authorization_code or device_code beside it"
        errors.append(_invalid("grant_types", message))
    public = values["token_endpoint_auth_method"] == PUBLIC
    if "client_credentials" in grants and public:
        message = "client_credentials needs a secret: use client_secret_basic"
        errors.append(_invalid("token_endpoint_auth_method", message))
    contradictions = authentication_metadata.contradictions(values)
    return errors + [_invalid(field, message) for field, message in contradictions]


def _invalid(field: str, message: str) -> FieldError:
    """Return the error of a member that is no redirect URI."""
    uris = field in REDIRECT_FIELDS
    code = "invalid_redirect_uri" if uris else "invalid_client_metadata"
    return FieldError(field, code, message)


def _one_of(values: tuple[str, ...]) -> Callable[[Any], str | None]:
    """Return a check for one of some words."""

    def check(value: Any) -> str | None:
        known = isinstance(value, str) and value in values
        return None if known else f"must be one of {', '.join(values)}, not {value!r}"

    return check


def _all_of(values: tuple[str, ...]) -> Callable[[Any], str | None]:
    """Return a check for a list of some words."""

    def check(value: Any) -> str | None:
        if not isinstance(value, list):
            return "must be a list"
        wrong = [item for item in value if item not in values]
        return f"{wrong[0]!r} is not one of {', '.join(values)}" if wrong else None

    return check


def _uri_list_problem(value: Any) -> str | None:
    """Return why ``value`` is no list of strings, each once."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return "must be a list of URIs"
    if len(value) > MAX_ITEMS:
        return f"has more than {MAX_ITEMS} URIs"
    return "holds one URI twice" if len(set(value)) < len(value) else None


def _text_problem(value: Any) -> str | None:
    """Return why ``value`` is no line of text to show."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        return "must be a line of text without control characters"
    return f"is longer than {MAX_TEXT} characters" if len(value) > MAX_TEXT else None


def _page_problem(value: Any) -> str | None:
    """Return why ``value`` is no https URL of a page or picture."""
    hint = "must be an https URL without user, like https://app.example/terms"
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return hint
    try:
        parts = urlsplit(value)
    except ValueError:
        return hint
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return hint
    return None if " " not in value else hint


def _scope_problem(value: Any) -> str | None:
    """Return why ``value`` is no scope (RFC 6749 §3.3)."""
    well_formed = isinstance(value, str) and scopes.parse(value) is not None
    return None if well_formed else "must be scope values with single spaces between"


def _words_problem(value: Any) -> str | None:
    """Return why ``value`` is no short list of words."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return "must be a list of words"
    wrong = [item for item in value if _text_problem(item)]
    return f"{wrong[0]!r} is no word" if wrong else None


def _contacts_problem(value: Any) -> str | None:
    """Return why ``value`` is no list of addresses of people."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return "must be a list of email addresses"
    wrong = [v for v in value if _text_problem(v) or "@" not in v or " " in v]
    return f"{wrong[0]!r} is no email address" if wrong else None


def _seconds_problem(value: Any) -> str | None:
    """Return why ``value`` is no number of seconds."""
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if whole else "must be a number of seconds, 0 or more"


def _boolean_problem(value: Any) -> str | None:
    """Return why ``value`` is neither true nor false."""
    return None if isinstance(value, bool) else "must be true or false"
