"""An authorization request, checked as far as it can be without knowing the user.

The order is fixed (RFC 9700 §4.11.2): client, redirect URI, then everything else. Until
both are known good a refusal is a NonRedirectableError; from then on the client is told
by redirect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idp.core.text import is_storable
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol import scopes
from idp.oauth.protocol.claims import permitted, scopes_behind
from idp.oauth.protocol.claims_parameter import ClaimsRequest, parse_claims
from idp.oauth.protocol.errors import (
    AuthorizationError,
    NonRedirectableError,
    invalid_request,
)
from idp.oauth.protocol.parameters import Parameters
from idp.oauth.protocol.pkce import challenge_problem
from idp.oauth.protocol.prompt import Prompt, parse_max_age, parse_prompt
from idp.oauth.protocol.redirect_differences import describe_differences
from idp.oauth.protocol.resources import parse_resources
from idp.oauth.protocol.response_modes import MODES, ReplyTo, ResponseMode

BREAKS = frozenset("\r\n")
NOT_SUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a client asks for (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).

    ``scope`` and ``claims`` are already less what this client cannot have. ``subjects``
    are the only users an answer may be about, None for anyone: from ``id_token_hint``
    and from the ``sub`` of the ``claims`` parameter.
    """

    client_id: str
    reply_to: ReplyTo
    scope: str
    code_challenge: str | None = None
    nonce: str | None = None
    prompts: frozenset[Prompt] = frozenset()
    max_age: int | None = None
    login_hint: str | None = None
    subjects: frozenset[str] | None = None
    ui_locales: tuple[str, ...] = ()
    claims: dict[str, Any] | None = None
    essential_acr: frozenset[str] = frozenset()
    resource: tuple[str, ...] = ()

    @property
    def consent_scope(self) -> str:
        """What the person has to allow: ``scope``, and what opens the ``claims``."""
        values = (*self.scope.split(" "), *scopes_behind(self.claims))
        return scopes.join(dict.fromkeys(values))


def read_reply_to(parameters: Parameters, client: ClientView) -> ReplyTo:
    """Return where the answer goes, once the redirect URI is known to be good.

    An unknown ``response_mode`` is refused by query, and so is a ``state`` that is no
    text. One with line breaks is answered by query: a form would change them (HTML
    §4.10.21.4), and it comes back as it was (RFC 6749 §4.1.2).
    """
    redirect_uri = _known_redirect_uri(parameters, client)
    state = parameters.get("state")
    mode = MODES.get(parameters.get("response_mode") or "", ResponseMode.QUERY)
    if state is not None and (not is_storable(state) or not BREAKS.isdisjoint(state)):
        mode = ResponseMode.QUERY
    return ReplyTo(client.client_name, redirect_uri, mode, state)


def single(parameters: Parameters, name: str, *, client_name: str | None = None) -> str:
    """Return a parameter without which nobody can be answered."""
    value = parameters.get(name)
    if value is None:
        fault = "repeated" if name in parameters.repeated else "missing"
        raise NonRedirectableError(f"{name}_{fault}", client_name=client_name)
    return value


def read_request(
    parameters: Parameters,
    client: ClientView,
    *,
    reply_to: ReplyTo,
    hinted_subject: Callable[[str, ClientView], str],
) -> AuthorizationRequest:
    """Return the request, or raise the AuthorizationError that answers it.

    ``hinted_subject`` reads the ``sub`` of a genuine ``id_token_hint``.
    """
    _check_form(parameters)
    _check_response_type(parameters, client)
    _check_challenge(parameters, client)
    claims = parse_claims(parameters.get("claims")) or ClaimsRequest({})
    hint = parameters.get("id_token_hint")
    max_age = parse_max_age(parameters.get("max_age"))
    return AuthorizationRequest(
        client_id=client.client_id,
        reply_to=reply_to,
        scope=_grantable_scope(parameters, client),
        code_challenge=parameters.get("code_challenge"),
        nonce=parameters.get("nonce"),
        prompts=parse_prompt(parameters.get("prompt")),
        max_age=client.default_max_age if max_age is None else max_age,
        login_hint=parameters.get("login_hint"),
        subjects=_narrowed(claims.subjects, hint and hinted_subject(hint, client)),
        ui_locales=tuple((parameters.get("ui_locales") or "").split()),
        claims=permitted(claims.members, client.scope) or None,
        essential_acr=claims.essential_acr,
        resource=parse_resources(parameters.resource),
    )


def _known_redirect_uri(parameters: Parameters, client: ClientView) -> str:
    """Return the redirect URI, which must be named once and registered as it is."""
    redirect_uri = single(parameters, "redirect_uri", client_name=client.client_name)
    if not client.check_redirect_uri(redirect_uri):
        raise NonRedirectableError(
            "redirect_uri_mismatch",
            client_name=client.client_name,
            findings=describe_differences(client.redirect_uris, redirect_uri),
        )
    return redirect_uri


def _check_form(parameters: Parameters) -> None:
    """Refuse repetition, bytes that are no text, and what we do not support."""
    if parameters.repeated:
        raise invalid_request("a parameter was sent more than once")
    if not all(map(is_storable, (*parameters.values.values(), *parameters.resource))):
        raise invalid_request("a parameter is not UTF-8 text")
    for name, error in NOT_SUPPORTED.items():
        if name in parameters.values:
            raise AuthorizationError(error, f"the {name} parameter is not supported")
    if parameters.get("response_mode") not in (None, *MODES):
        raise invalid_request("response_mode must be query or form_post")


def _check_response_type(parameters: Parameters, client: ClientView) -> None:
    """Refuse all but ``code``, and clients that did not register it."""
    response_type = parameters.get("response_type")
    if response_type is None:
        raise invalid_request("response_type is missing")
    if response_type != "code":
        raise AuthorizationError(
            "unsupported_response_type", "the only response_type is code"
        )
    registered = client.check_response_type("code")
    if not (registered and client.check_grant_type("authorization_code")):
        raise AuthorizationError(
            "unauthorized_client", "this client is not registered for codes"
        )


def _check_challenge(parameters: Parameters, client: ClientView) -> None:
    """Require a proper S256 challenge, always of public clients (RFC 9700 §2.1.1)."""
    problem = challenge_problem(
        parameters.get("code_challenge"),
        parameters.get("code_challenge_method"),
        required=client.public or client.require_pkce,
    )
    if problem:
        raise invalid_request(problem)


def _grantable_scope(parameters: Parameters, client: ClientView) -> str:
    """Return the requested scope less what this client cannot have.

    ``offline_access`` (OIDC Core §11) is registered only with refresh tokens.
    """
    granted = scopes.granted_to_user(parameters.get("scope"), allowed=client.scope)
    if not granted:
        raise AuthorizationError("invalid_scope", "no scope is left for this client")
    return granted


def _narrowed(
    subjects: frozenset[str] | None, hinted: str | None
) -> frozenset[str] | None:
    """Return the users that the claims and the hint both allow; None is anyone."""
    if hinted is None:
        return subjects
    return frozenset({hinted}) & (subjects or {hinted})
