"""For whom a client's access tokens are, and what they may say there (RFC 8707).

A client lists the APIs that it may ask for. This server itself is one for every client,
the account API for those that registered a scope of it.
"""

from collections.abc import Iterable

from idp.oauth.apis import builtin
from idp.oauth.apis.view import ApiView
from idp.oauth.clients.view import ClientView
from idp.oauth.custom_scopes.vocabulary import custom_names
from idp.oauth.protocol import scopes
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.resources import parse_resources

NOT_LISTED = "The client may not ask for this resource."
SHARED = "Two of the resources have a scope of the same name: ask for them apart."
UNLIKE = "The resources want tokens signed differently: ask for them apart."


def choose(
    client: ClientView, resources: tuple[str, ...], *, scope: str | None
) -> tuple[str, ...]:
    """Return the audience of a request, the client's default if it names none.

    Empty is this server. Raises OAuthRefusal for what the client does not list, and for
    resources that one token cannot be for: a requested ``scope`` value would mean two
    things.
    """
    chosen = parse_resources(resources)
    if not chosen and client.default_resource is not None:
        chosen = (client.default_resource,)
    if not all(map(client.apis.__contains__, chosen)):
        raise _refusal(NOT_LISTED)
    if len(chosen) > 1:
        views = [client.apis[resource] for resource in chosen]
        if _shared_scopes(views) & _requested(scope, views):
            raise _refusal(SHARED)
        refuse_unlike(client, chosen)
    return chosen


def refuse_unlike(client: ClientView, audience: tuple[str, ...]) -> None:
    """Refuse one token for APIs that want different signatures."""
    if len(audience) > 1 and len({_algorithm_at(client, one) for one in audience}) > 1:
        raise _refusal(UNLIKE)


def still_listed(client: ClientView, granted: tuple[str, ...]) -> tuple[str, ...]:
    """Return what of a granted audience the client may still ask for.

    Raises OAuthRefusal when nothing is left of it.
    """
    left = tuple(filter(client.apis.__contains__, granted))
    if granted and not left:
        raise _refusal(NOT_LISTED)
    return left


def named_apis(client: ClientView, audience: Iterable[str]) -> list[ApiView]:
    """Return the APIs of an audience that users are asked about by name.

    What this server is itself, its scopes say.
    """
    listed = filter(client.apis.__contains__, audience)
    return [client.apis[one] for one in listed if not builtin.is_reserved(one)]


def scopes_for(client: ClientView, audience: tuple[str, ...]) -> frozenset[str]:
    """Return the scope values that mean something at an audience."""
    if not audience:
        return client.apis[builtin.server()].allowed
    return frozenset().union(*(view.allowed for view in _views_of(client, audience)))


def askable(client: ClientView, audience: tuple[str, ...]) -> frozenset[str]:
    """Return what users can be asked for: the audience's, and what is about them."""
    about_users = client.scope & {*scopes.USER_SCOPES, *custom_names()}
    return scopes_for(client, audience) | about_users


def still_askable(client: ClientView, scope: str) -> str:
    """Return what of a granted scope the client may still ask for."""
    return scopes.join(scopes.kept_of(scope.split(" "), allowed=client.scope))


def scope_at(client: ClientView, scope: str, *, audience: tuple[str, ...]) -> str:
    """Return what of a granted scope a token for an audience says."""
    known = scopes_for(client, audience)
    return scopes.join(name for name in scope.split(" ") if name in known)


def signing_alg(client: ClientView, audience: tuple[str, ...]) -> str:
    """Return how a token for an audience is signed: the API's word wins."""
    return _algorithm_at(client, audience[0] if audience else builtin.server())


def lifetime(client: ClientView, audience: tuple[str, ...], *, ceiling: int) -> int:
    """Return how many seconds a token for an audience lives, the shortest of all.

    An API's word wins over the client's.
    """
    own = client.access_token_seconds or ceiling
    wanted = (view.access_token_seconds for view in _views_of(client, audience))
    return min(ceiling, *(seconds or own for seconds in wanted))


def _views_of(client: ClientView, audience: tuple[str, ...]) -> list[ApiView]:
    """Return the APIs of an audience; none at all is this server."""
    named = audience or (builtin.server(),)
    return [client.apis[one] for one in named if one in client.apis]


def _algorithm_at(client: ClientView, resource: str) -> str:
    """Return how tokens for one API are signed."""
    view = client.apis.get(resource)
    own = client.access_token_signed_response_alg
    return (view and view.signing_alg) or own


def _shared_scopes(views: list[ApiView]) -> set[str]:
    """Return the scope values that more than one API has."""
    names = [name for view in views for name in view.scopes or view.allowed]
    return {name for name in names if names.count(name) > 1}


def _requested(scope: str | None, views: list[ApiView]) -> set[str]:
    """Return the scope values that are asked for; without ``scope`` it is all."""
    wanted = scopes.parse(scope)
    return set(wanted or (name for view in views for name in view.allowed))


def _refusal(hint: str) -> OAuthRefusal:
    """Return the refusal of RFC 8707 §2."""
    return OAuthRefusal("invalid_target", hint)
