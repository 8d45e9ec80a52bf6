"""What was expected where a check refused, and the fix in one sentence.

It is for developers and operators, as `error_description` is: in English. A check is
the reason of a refusal, the code that its caller read, or the name of a parameter.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Advice(NamedTuple):
    """What a check wants, and what to do."""

    expected: str
    fix: str


ANEW = "Start a new authorization request, and redeem its code at once."
SIGN_IN_AGAIN = "Send the user through the authorization endpoint again."
CURRENT = "Give the app its current secret, or make a new one at /admin/clients."
ASSERTION = "Make a new assertion for each request, signed with a registered key."
METADATA = "Correct the app's registration at /admin/clients, or what it sends."
REDIRECT = (
    "Register exactly the redirect URI that the app sends, or send the registered one."
)

ADVICE: Mapping[str, Advice] = MappingProxyType(
    {
        "unknown_client": Advice(
            "the client_id of a registered client",
            "Correct the client_id: compare it with /admin/clients of this issuer.",
        ),
        "disabled": Advice(
            "a client that is switched on", "Switch the app on at /admin/clients."
        ),
        "no_client": Advice(
            "client_id, and what proves it",
            "Send the client's id and secret, or of a public client its client_id.",
        ),
        "wrong_secret": Advice("a live secret of the client", CURRENT),
        "wrong_method": Advice(
            "the registered token_endpoint_auth_method",
            "Let the app authenticate as it is registered, or register its method.",
        ),
        "two_methods": Advice(
            "one client authentication method", "Send the secret in one place only."
        ),
        "client_id_differs": Advice(
            "one client_id in header, body and assertion",
            "Leave client_id out of the body, or send the same one.",
        ),
        "other_scheme": Advice(
            "Authorization: Basic, or credentials in the body",
            "Send the client's credentials as Basic, or client_id in the body.",
        ),
        "head_too_large": Advice(
            "a head of at most 64 KB",
            "Send fewer or shorter headers: a browser, without the cookies of others.",
        ),
        "no_http": Advice(
            "a request of HTTP/1.1, in plain text",
            "Ask by http, not https, or look at what the proxy before it makes of it.",
        ),
        "unreadable_header": Advice(
            "Basic, a space, and the Base64 of id:secret",
            "Encode client_id, a colon and the secret together as Base64.",
        ),
        **dict.fromkeys(
            ("signature", "unknown_key", "replayed", "expired", "jti", "time"),
            Advice("a fresh assertion signed with a key of the client", ASSERTION),
        ),
        **dict.fromkeys(
            ("too_long", "too_early", "subject", "algorithm", "untrusted_header"),
            Advice("an assertion as RFC 7523 §3 has it", ASSERTION),
        ),
        "audience": Advice(
            "aud: the issuer and nothing else",
            "Set aud of the assertion to the issuer.",
        ),
        "code_verifier_missing": Advice(
            "the code_verifier of the request's code_challenge",
            "Send code_verifier: keep it from the authorization request to this one.",
        ),
        "code_verifier": Advice(
            "the code_verifier whose S256 is the code_challenge",
            "Keep the verifier of each authorization request, and send that one.",
        ),
        "code_expired": Advice("a code that is still alive", ANEW),
        "code_used": Advice(
            "a code that was not used before",
            "Redeem each code once: look for a second request, such as a reload.",
        ),
        "code_unknown": Advice("a code that this server issued", ANEW),
        "code_of_other_client": Advice(
            "a code that was issued to this client",
            "Redeem the code with the client_id of its authorization request.",
        ),
        "code_redirect_uri": Advice(
            "the redirect_uri of the authorization request",
            "Send the same redirect_uri in both requests, byte for byte.",
        ),
        "redirect_uri_mismatch": Advice("a registered redirect URI", REDIRECT),
        "client_unknown": Advice(
            "the client_id of a registered client",
            "Correct the client_id: compare it with /admin/clients of this issuer.",
        ),
        "client_disabled": Advice(
            "a client that is switched on", "Switch the app on at /admin/clients."
        ),
        "code_challenge": Advice(
            "code_challenge, and code_challenge_method=S256",
            "Turn on PKCE in the app's library.",
        ),
        "cors_origin": Advice(
            "an origin of the client: of a redirect URI, or in allowed_origins",
            "Register the page's origin in allowed_origins of the app.",
        ),
        "method": Advice("another method", "Send the method that Allow names."),
        "invalid_grant": Advice("a code or token that is alive", SIGN_IN_AGAIN),
        **dict.fromkeys(
            ("unknown", "ended", "reused", "wrong_client", "no_access"),
            Advice("the newest refresh token of a live grant", SIGN_IN_AGAIN),
        ),
        "invalid_token": Advice(
            "a live access token of this issuer for this audience",
            "Get a new access token, for the resource that is asked.",
        ),
        "insufficient_scope": Advice(
            "a token with the scope that the answer names",
            "Ask for that scope at the authorization endpoint.",
        ),
        "invalid_scope": Advice(
            "a scope that the client may ask for",
            "Ask for scopes that the app registered, or register them.",
        ),
        "invalid_target": Advice(
            "an API that the client may ask for",
            "List the API at the app's page, or ask for another resource.",
        ),
        "unauthorized_client": Advice("a grant that the client registered", METADATA),
        "unsupported_grant_type": Advice(
            "a grant_type of discovery", "Send one of grant_types_supported."
        ),
        "login_required": Advice(
            "a browser that is signed in",
            "After prompt=none was refused, ask again without it.",
        ),
        "csrf_rejected": Advice(
            "a request of our own page",
            "Reload the page and try again; a program sends X-CSRF-Token.",
        ),
        "not_permitted": Advice(
            "a caller with the permission for this",
            "Give the caller a role or key with the permission that is named.",
        ),
        "login.fail": Advice(
            "the password of an account that may sign in",
            "Type the password again, or reset it.",
        ),
        "login.limited": Advice(
            "fewer tries", "Wait until the limit is over, then try once."
        ),
        "misdirected_request": Advice(
            "a host name of this server",
            "Have the proxy pass Host on, or name the host in IDP_HOST_ALIASES.",
        ),
    }
)
BY_STATUS: Mapping[int, Advice] = MappingProxyType(
    {
        401: Advice(
            "a caller who is signed in", "Sign in, or send an access token or API key."
        ),
        403: Advice("a caller who may do this", "Ask with an account that may."),
        404: Advice("an address of this server", "Correct the address."),
        405: Advice("another method", "Send the method that Allow names."),
        408: Advice("a whole request in time", "Send the body without pauses."),
        409: Advice("what is not there yet", "Look at what is there, then ask again."),
        413: Advice("a smaller body", "Send less at once."),
        421: Advice("a host name of this server", "Correct the address or the proxy."),
        429: Advice("fewer requests", "Wait as long as Retry-After says."),
        500: Advice("no mistake of ours", "Look in the log for the reference."),
        503: Advice("a database that serves", "Try again; then look at /readyz."),
    }
)
USUAL = Advice(
    "a request as docs/design/api.md has it",
    "Correct what the answer names, and send the request again.",
)


def advice_on(*names: str, status: int) -> Advice:
    """Return the advice of the first name that has some, else that of the status."""
    found = next((ADVICE[name] for name in names if name in ADVICE), None)
    return found or BY_STATUS.get(status, USUAL)
