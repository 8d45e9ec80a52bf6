"""An authorization request, checked as far as it can be without knowing the user.

The order is fixed (RFC 9700 §4.11.2): client, redirect URI, then everything else. Until
both are known good a refusal is a NonRedirectableError; from then on the client is told
by redirect.
"""

from dataclasses import dataclass
from typing import Any

from idp.accounts.factors.assurance import NO_ACR, AcrRequest
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.core.text import is_storable
from idp.oauth.authorization.checks import AskedAt, run_checks
from idp.oauth.clients.view import ClientView, OrganizationUse
from idp.oauth.custom_scopes.vocabulary import vocabulary
from idp.oauth.protocol import scopes
from idp.oauth.protocol.errors import NonRedirectableError
from idp.oauth.protocol.parameters import Fault, Parameters
from idp.oauth.protocol.prompt import Prompt, is_silent
from idp.oauth.protocol.redirect_differences import describe_differences
from idp.oauth.protocol.redirect_uris import try_uri
from idp.oauth.protocol.response_modes import MODES, ReplyTo, ResponseMode

BREAKS = frozenset("\r\n")


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a client asks for (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).

    ``scope`` and ``claims`` are already less what this client cannot have. ``subjects``
    are the only users an answer may be about, None for anyone: from ``id_token_hint``
    and from the ``sub`` of the ``claims`` parameter. ``behind_claims`` are the scope
    values that open what that names. ``organization`` is the id or slug
    of the one in whose context the user is to come; ``in_organization`` tells whether
    they may come in any.
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
    behind_claims: tuple[str, ...] = ()
    acr: AcrRequest = NO_ACR
    resource: tuple[str, ...] = ()
    organization: str | None = None
    in_organization: bool = False

    @property
    def consent_scope(self) -> str:
        """What the user has to allow: ``scope``, and what opens the ``claims``.

        The context of an organization tells that they are in it, and with which roles.
        """
        context = (scopes.ORGANIZATIONS,) if self.in_organization else ()
        values = (*self.scope.split(" "), *self.behind_claims, *context)
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
    silent = is_silent(parameters.get("prompt"))
    return ReplyTo(client.client_name, redirect_uri, mode, state, silent=silent)


def single(parameters: Parameters, name: str, *, client_name: str | None = None) -> str:
    """Return a parameter without which no client can be answered."""
    value = parameters.get(name)
    if value is None:
        repeated = name in parameters.names_with(Fault.REPEATED)
        reason = f"{name}_repeated" if repeated else f"{name}_missing"
        raise NonRedirectableError(reason, client_name=client_name)
    return value


def read_request(
    parameters: Parameters, client: ClientView, *, reply_to: ReplyTo
) -> AuthorizationRequest:
    """Return the request, or raise the OAuthRefusal that answers it."""
    passed = run_checks(parameters, client, endpoint=AskedAt.AUTHORIZE)
    claims, named = passed["claims"], parameters.get("organization")
    known = vocabulary()
    wanted = known.permitted(claims.members, client.scope)
    return AuthorizationRequest(
        client_id=client.client_id,
        reply_to=reply_to,
        scope=passed["scope"],
        code_challenge=passed["code_challenge"],
        nonce=parameters.get("nonce"),
        prompts=passed["prompt"],
        max_age=passed["max_age"],
        login_hint=parameters.get("login_hint"),
        subjects=_narrowed(
            claims.subjects, passed["id_token_hint"], parameters.tried_by
        ),
        ui_locales=tuple((parameters.get("ui_locales") or "").split()),
        claims=wanted or None,
        behind_claims=known.scopes_behind(
            wanted, asked=passed["scope"], registered=client.scope
        ),
        acr=_asked_acr(claims.acr, passed["acr_values"], client=client),
        resource=passed["resource"],
        organization=named,
        in_organization=bool(named) or client.organization is not OrganizationUse.NONE,
    )


def _known_redirect_uri(parameters: Parameters, client: ClientView) -> str:
    """Return the redirect URI, which must be registered as it is.

    It is named once, but for plain OAuth by a client that has only one (RFC 6749
    §3.1.2.3). That of trials is for requests alone that were made here to try a client.
    """
    if _goes_without_saying(parameters, client):
        return client.redirect_uris[0]
    redirect_uri = single(parameters, "redirect_uri", client_name=client.client_name)
    if not _is_good(redirect_uri, parameters, client=client):
        raise NonRedirectableError(
            "redirect_uri_mismatch",
            client_name=client.client_name,
            findings=describe_differences(client.redirect_uris, redirect_uri),
        )
    return redirect_uri


def _goes_without_saying(parameters: Parameters, client: ClientView) -> bool:
    """Tell whether a request need not say where its answer goes.

    OpenID Connect has it always say so (OIDC Core §3.1.2.1).
    """
    if parameters.get("redirect_uri") or parameters.faults:
        return False
    asked = scopes.parse(parameters.get("scope")) or ()
    return scopes.OPENID not in asked and len(client.redirect_uris) == 1


def _is_good(redirect_uri: str, parameters: Parameters, *, client: ClientView) -> bool:
    """Tell whether the answer to a request may go to a redirect URI."""
    if redirect_uri == try_uri(current(ServerSettings).issuer):
        return parameters.tried_by is not None
    return client.check_redirect_uri(redirect_uri)


def _asked_acr(
    claimed: AcrRequest, sent: tuple[str, ...], *, client: ClientView
) -> AcrRequest:
    """Return the levels that count: what is essential, then what is sent for this.

    What the client registered holds where a request names none (OIDC Registration §2).
    """
    if claimed.essential and claimed.values:
        return claimed
    return AcrRequest(sent or claimed.values or client.default_acr_values)


def _narrowed(
    subjects: frozenset[str] | None, *only: str | None
) -> frozenset[str] | None:
    """Return the users that the claims and each of ``only`` allow; None is anyone."""
    for user_id in filter(None, only):
        alone = frozenset({user_id})
        subjects = alone if subjects is None else alone & subjects
    return subjects
