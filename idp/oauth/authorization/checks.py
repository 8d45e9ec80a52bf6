"""The checks of a request for authorization, in order (RFC 9700 §4.11.2).

Client and redirect URI are known to be good by then, so whatever fails here is told to
the client: by redirect, or a device as JSON.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from idp.accounts.policies.effective import registration_open
from idp.oauth.clients import audiences
from idp.oauth.clients.view import DEVICE_CODE, ClientView
from idp.oauth.protocol import scopes
from idp.oauth.protocol.claims_parameter import ClaimsRequest, parse_claims
from idp.oauth.protocol.parameters import Fault, Parameters
from idp.oauth.protocol.pkce import challenge_problem
from idp.oauth.protocol.prompt import Prompt, parse_max_age, parse_prompt
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_request
from idp.oauth.protocol.response_modes import MODES
from idp.oauth.tokens.id_token_hints import hinted_subject


class AskedAt(Enum):
    """Where authorization is asked for."""

    AUTHORIZE = "authorize"
    DEVICE = "device_authorization"


class Check(NamedTuple):
    """What is checked, of which parameter, at which endpoints.

    ``read`` returns the value that the request has, or raises OAuthRefusal.
    """

    parameter: str
    read: Callable[[Parameters, ClientView], Any]
    endpoints: frozenset[AskedAt]


def run_checks(
    parameters: Parameters, client: ClientView, *, endpoint: AskedAt
) -> dict[str, Any]:
    """Return the values that passed, by parameter; raise the first OAuthRefusal.

    Its ``reason`` is the parameter, unless the check says more.
    """
    passed = {}
    for check in CHECKS:
        if endpoint not in check.endpoints:
            continue
        try:
            passed[check.parameter] = check.read(parameters, client)
        except OAuthRefusal as refusal:
            refusal.reason = refusal.reason or check.parameter
            raise
    return passed


def _sent_once(parameters: Parameters, _client: ClientView) -> None:
    """Refuse repetition (RFC 6749 §3.1)."""
    if parameters.names_with(Fault.REPEATED):
        raise invalid_request("a parameter was sent more than once")


def _is_text(parameters: Parameters, _client: ClientView) -> None:
    """Refuse bytes that are no text."""
    if parameters.names_with(Fault.GARBLED):
        raise invalid_request("a parameter is not UTF-8 text")


def _refuse(name: str) -> Callable[[Parameters, ClientView], None]:
    """Return the check that refuses what we do not support (OIDC Core §3.1.2.6)."""

    def check(parameters: Parameters, _client: ClientView) -> None:
        if parameters.get(name) is not None:
            hint = f"the {name} parameter is not supported"
            raise OAuthRefusal(f"{name}_not_supported", hint)

    return check


def _response_mode(parameters: Parameters, _client: ClientView) -> None:
    """Refuse unknown modes."""
    if parameters.get("response_mode") not in (None, *MODES):
        raise invalid_request("response_mode must be query or form_post")


def _response_type(parameters: Parameters, client: ClientView) -> None:
    """Refuse all but ``code``, and clients that did not register it."""
    response_type = parameters.get("response_type")
    if response_type is None:
        raise invalid_request("response_type is missing")
    if response_type != "code":
        raise OAuthRefusal(
            "unsupported_response_type", "the only response_type is code"
        )
    registered = client.check_response_type("code")
    if not (registered and client.check_grant_type("authorization_code")):
        raise OAuthRefusal(
            "unauthorized_client", "this client is not registered for codes"
        )


def _device_grant(_parameters: Parameters, client: ClientView) -> None:
    """Refuse clients that did not register the grant of devices."""
    if not client.check_grant_type(DEVICE_CODE):
        raise OAuthRefusal("unauthorized_client", f"{DEVICE_CODE} is not registered.")


def _code_challenge(parameters: Parameters, client: ClientView) -> str | None:
    """Require a proper S256 challenge, always of public clients (RFC 9700 §2.1.1)."""
    challenge = parameters.get("code_challenge")
    problem = challenge_problem(
        challenge,
        parameters.get("code_challenge_method"),
        required=client.public or client.require_pkce,
    )
    if problem:
        raise invalid_request(problem)
    return challenge


def _claims(parameters: Parameters, _client: ClientView) -> ClaimsRequest:
    """Return the request for claims, empty if there is none."""
    return parse_claims(parameters.get("claims")) or ClaimsRequest({})


def _max_age(parameters: Parameters, client: ClientView) -> int | None:
    """Return the seconds, those that the client registered if none are sent."""
    asked = parse_max_age(parameters.get("max_age"))
    return client.default_max_age if asked is None else asked


def _acr_values(parameters: Parameters, _client: ClientView) -> tuple[str, ...]:
    """Return the levels that are sent."""
    return tuple((parameters.get("acr_values") or "").split())


def _scope(parameters: Parameters, client: ClientView) -> str:
    """Return the requested scope less what this client cannot have there.

    ``offline_access`` (OIDC Core §11) is registered only with refresh tokens.
    """
    wanted = parameters.get("scope")
    audience = audiences.choose(client, parameters.resource, scope=wanted)
    allowed = audiences.askable(client, audience)
    granted = scopes.granted_to_user(wanted, allowed=allowed)
    if not granted:
        raise OAuthRefusal("invalid_scope", "No scope is left for this client.")
    return granted


def _prompt(parameters: Parameters, client: ClientView) -> frozenset[Prompt]:
    """Return the prompts; ``create`` only where sign-up is open (Prompt Create §4)."""
    prompts = parse_prompt(parameters.get("prompt"))
    if Prompt.CREATE in prompts and not registration_open(client.client_id):
        raise invalid_request("prompt=create is not offered here")
    return prompts


def _id_token_hint(parameters: Parameters, client: ClientView) -> str | None:
    """Return the user that a genuine hint of this client is about."""
    hint = parameters.get("id_token_hint")
    return hinted_subject(hint, client) if hint else None


def _resource(parameters: Parameters, client: ClientView) -> tuple[str, ...]:
    """Return the audience, of what this client may ask for (RFC 8707 §2)."""
    scope = parameters.get("scope")
    return audiences.choose(client, parameters.resource, scope=scope)


AUTHORIZE = frozenset({AskedAt.AUTHORIZE})
DEVICE = frozenset({AskedAt.DEVICE})
BOTH = AUTHORIZE | DEVICE

CHECKS = (
    Check("*", _sent_once, BOTH),
    Check("*", _is_text, BOTH),
    Check("request", _refuse("request"), AUTHORIZE),
    Check("request_uri", _refuse("request_uri"), AUTHORIZE),
    Check("registration", _refuse("registration"), AUTHORIZE),
    Check("response_mode", _response_mode, AUTHORIZE),
    Check("response_type", _response_type, AUTHORIZE),
    Check("client_id", _device_grant, DEVICE),
    Check("code_challenge", _code_challenge, AUTHORIZE),
    Check("claims", _claims, AUTHORIZE),
    Check("max_age", _max_age, AUTHORIZE),
    Check("acr_values", _acr_values, AUTHORIZE),
    Check("resource", _resource, BOTH),
    Check("scope", _scope, BOTH),
    Check("prompt", _prompt, AUTHORIZE),
    Check("id_token_hint", _id_token_hint, AUTHORIZE),
)
