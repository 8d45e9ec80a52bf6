"""The endpoints of OAuth and OpenID Connect as a person reads them (pure).

Their words are those of the specifications; discovery says the rest.
"""

from typing import NamedTuple

from idp.web.json.docs_view import Field, Outcome, Shown

FORM = "-d"
CLIENT = '-u "$CLIENT_ID:$CLIENT_SECRET"'
BEARER = '-H "Authorization: Bearer $TOKEN"'


class ProtocolEndpoint(NamedTuple):
    """One endpoint: ``fields`` are pairs of a name, ``*`` behind it, and its words."""

    method: str
    path: str
    summary: str
    description: str
    access: str
    fields: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str, str], ...]
    sends: tuple[str, ...]


INVALID_CLIENT = ("401", "The client did not prove who it is.", "invalid_client")
BAD_TOKEN = ("401", "The token is unknown, over, or for another API.", "invalid_token")
ENDPOINTS = (
    ProtocolEndpoint(
        "GET",
        "/.well-known/openid-configuration",
        "Discovery (OpenID Connect Discovery)",
        "Where every endpoint is, and what this server supports. Libraries read it by "
        "themselves. RFC 8414 has it at `/.well-known/oauth-authorization-server`.",
        "anyone",
        (),
        (("200", "The metadata.", ""),),
        (),
    ),
    ProtocolEndpoint(
        "GET",
        "/.well-known/jwks.json",
        "Signing keys (RFC 7517)",
        "The public keys by which ID tokens and access tokens are verified. Fetch it "
        "again when a `kid` is unknown.",
        "anyone",
        (),
        (("200", "The keys.", ""),),
        (),
    ),
    ProtocolEndpoint(
        "GET",
        "/oauth2/authorize",
        "Authorization (RFC 6749 §3.1, OpenID Connect Core §3.1.2)",
        "Where a browser is sent, never called by a program. It comes back to "
        "`redirect_uri` with `code`, `state` and `iss`, or with `error`.",
        "anyone",
        (
            ("client_id*", "The registered client."),
            ("redirect_uri*", "Exactly one of those that are registered."),
            ("response_type*", "`code`"),
            ("code_challenge*", "base64url of the SHA-256 of the verifier (RFC 7636)."),
            ("code_challenge_method*", "`S256`"),
            ("scope", "`openid` for an ID token, and what else is wanted."),
            ("state", "Comes back as it is; check it."),
            ("nonce", "Comes back in the ID token; check it."),
            ("prompt", "`none`, `login`, `consent`, `select_account` or `create`."),
            ("max_age", "How old the sign-in may be, in seconds."),
            ("resource", "For which API the access token is (RFC 8707)."),
        ),
        (
            ("302", "Back to the client, with a code or an error.", "access_denied"),
            ("400", "A page: the client or its redirect URI is not right.", ""),
        ),
        (),
    ),
    ProtocolEndpoint(
        "POST",
        "/oauth2/token",
        "Tokens (RFC 6749 §3.2)",
        "Takes a form. `grant_type` is `authorization_code`, `refresh_token`, "
        "`client_credentials` or `urn:ietf:params:oauth:grant-type:device_code`.",
        "client",
        (
            ("grant_type*", "Which of them."),
            ("code", "With `authorization_code`: the code, once, within a minute."),
            ("code_verifier", "With `authorization_code`: what the challenge is of."),
            ("redirect_uri", "With `authorization_code`: the same as before."),
            ("refresh_token", "With `refresh_token`: the newest one."),
            ("device_code", "With the device grant."),
            ("scope", "Less than was granted, or of `client_credentials`."),
            ("resource", "For which API the access token is (RFC 8707)."),
        ),
        (
            ("200", "`access_token`, `token_type`, `expires_in`, and what is due.", ""),
            ("400", "The grant is not valid.", "invalid_grant"),
            INVALID_CLIENT,
        ),
        (CLIENT, f"{FORM} grant_type=client_credentials"),
    ),
    ProtocolEndpoint(
        "GET",
        "/oauth2/userinfo",
        "Claims about the user (OpenID Connect Core §5.3)",
        "For an access token with the scope `openid`.",
        "token",
        (),
        (("200", "The claims that the scopes open.", ""), BAD_TOKEN),
        (BEARER,),
    ),
    ProtocolEndpoint(
        "POST",
        "/oauth2/introspect",
        "Introspection (RFC 7662)",
        "Tells an API, or the client of a token, whether it still holds.",
        "client",
        (("token*", "An access or refresh token."),),
        (("200", "`active`, and what the token says.", ""), INVALID_CLIENT),
        (CLIENT, f'{FORM} "token=$TOKEN"'),
    ),
    ProtocolEndpoint(
        "POST",
        "/oauth2/revoke",
        "Revocation (RFC 7009)",
        "Ends a token, and with a refresh token all that came of its grant.",
        "client",
        (("token*", "An access or refresh token."),),
        (("200", "It does not hold (any more).", ""), INVALID_CLIENT),
        (CLIENT, f'{FORM} "token=$TOKEN"'),
    ),
    ProtocolEndpoint(
        "POST",
        "/oauth2/device_authorization",
        "Device authorization (RFC 8628)",
        "Begins a sign-in of a device without a browser: it shows the code, and asks "
        "at the token endpoint every `interval` seconds.",
        "client",
        (("client_id*", "The registered client."), ("scope", "What is wanted.")),
        (
            ("200", "`device_code`, `user_code`, `verification_uri`.", ""),
            INVALID_CLIENT,
        ),
        (f'{FORM} "client_id=$CLIENT_ID"', f"{FORM} scope=openid"),
    ),
    ProtocolEndpoint(
        "GET",
        "/oauth2/logout",
        "Sign-out (OpenID Connect RP-Initiated Logout)",
        "Where a browser is sent to be signed out here too.",
        "anyone",
        (
            ("id_token_hint", "The ID token of who is to be signed out."),
            ("client_id", "The client, where there is no hint."),
            ("post_logout_redirect_uri", "One of those that are registered."),
            ("state", "Comes back as it is."),
        ),
        (("302", "Back to the client.", ""), ("200", "A page that asks.", "")),
        (),
    ),
)


def oauth_operations(issuer: str) -> tuple[Shown, ...]:
    """Return the endpoints as operations of a page."""
    return tuple(_shown(one, issuer) for one in ENDPOINTS)


def _shown(one: ProtocolEndpoint, issuer: str) -> Shown:
    """Return one endpoint."""
    place = "query" if one.method == "GET" else "body"
    address = f'"{issuer}{one.path}"'
    parts = [f"curl {address}", *one.sends]
    return Shown(
        anchor=one.path.rpartition("/")[2],
        method=one.method,
        path=one.path,
        summary=one.summary,
        description=one.description,
        access=one.access,
        fields=tuple(
            Field(name.rstrip("*"), "string", place, name.endswith("*"), words)
            for name, words in one.fields
        ),
        outcomes=tuple(
            Outcome(status, words, "", tuple(filter(None, (code,))))
            for status, words, code in one.outcomes
        ),
        curl="" if _is_for_browsers(one) else " \\\n  ".join(parts),
    )


def _is_for_browsers(one: ProtocolEndpoint) -> bool:
    """Tell whether no program calls an endpoint."""
    return bool(one.fields) and one.method == "GET"
