"""/auth/check-email and /auth/login-methods: by which ways one may sign in."""

from pydantic import Field

from idp.accounts.errors import InvalidInput
from idp.accounts.policies.keys import MAGIC_LINK, PASSKEY, PASSWORD, PROVIDER
from idp.accounts.sign_in.ways.discovery import discover, ways_to_tell
from idp.api.fields import Address, Line, LoginName
from idp.api.named_client import require_client
from idp.core.context import current
from idp.core.errors import RateLimited
from idp.core.settings.server import ServerSettings
from idp.federation.providers.offered import list_shown
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.enforcement import enforced_at
from idp.organizations.domains.verified import organization_at
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body, left_out
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("discovery_api", __name__, tag="Sign-in")


class EmailToCheck(Body):
    """Whose ways in are asked for."""

    email: Address


class EmailChecked(Answer):
    """Whether there is an account, and how one signs in to it."""

    exists: bool | None = Field(
        description="Null where account privacy is `private`: nobody is told"
    )
    methods: list[str] = Field(
        description="Of `password`, `passkey`, `magic_link`, `provider:<id>`"
    )


class WhoAsks(Body):
    """At which client, and as whom, somebody is about to sign in."""

    client_id: Line | None = None
    login_hint: LoginName | None = Field(
        None, description="An email address or username"
    )


class Submission(Answer):
    """Where a way in is taken, by POST."""

    submit: str


class PasskeySubmission(Submission):
    """The same, and where to ask for what an authenticator is asked with."""

    options: str


class ProviderWay(Answer):
    """Another provider: a browser opens ``authorize``, and returns by ``callback``."""

    id: str
    name: str
    authorize: str
    callback: str


class LoginMethods(Answer):
    """The ways in; one that is not open is left out."""

    password: Submission | None = left_out()
    magic_link: Submission | None = left_out()
    passkey: PasskeySubmission | None = left_out()
    providers: list[ProviderWay]


@api.operation(
    "POST",
    "/auth/check-email",
    id="discovery_api_check_email",
    auth=Auth.NONE,
    body=EmailToCheck,
    answers={200: EmailChecked},
    refusals=(RateLimited,),
)
def check_email(body: EmailToCheck) -> EmailChecked:
    """Tell whether an address has an account, and by which ways one signs in to it.

    An address without an account has no methods. One of a domain whose users sign in
    by their provider has that alone, be there an account or not. Whether an account has
    a passkey, or is linked to a provider, is never told: they are what policies allow.
    Where account privacy is `private`, `exists` is null, and `methods` do not depend on
    who has an account.
    """
    found = discover(body.email, requester=this_requester())
    its_own = _enforced_for(body.email, found.ways or ways_to_tell())
    if its_own:
        return EmailChecked(exists=found.exists, methods=[f"provider:{its_own.id}"])
    ours = _providers(found.ways, body.email)
    offered = [f"provider:{each.id}" for each in ours]
    own = [way for way in found.ways if way != PROVIDER]
    return EmailChecked(exists=found.exists, methods=own + offered)


@api.operation(
    "POST",
    "/auth/login-methods",
    id="discovery_api_list_methods",
    auth=Auth.NONE,
    body=WhoAsks,
    answers={200: LoginMethods},
    refusals=(InvalidInput, RateLimited),
)
def list_methods(body: WhoAsks) -> LoginMethods:
    """List the ways in that policies allow, at a client if one is named.

    A `login_hint` leaves out the password of an account that has none, where account
    privacy is `open`; one that nobody has leaves nothing out. One of a domain whose
    users sign in by their provider leaves that alone.
    """
    require_client(body.client_id)
    ways = _ways(body)
    its_own = _enforced_for(body.login_hint or "", ways)
    if its_own:
        return LoginMethods(providers=[_way_of(its_own)])
    return LoginMethods(
        password=_submission("/auth/login") if PASSWORD in ways else None,
        magic_link=_submission("/auth/magic-link") if MAGIC_LINK in ways else None,
        passkey=_passkey() if PASSKEY in ways else None,
        providers=_providers(ways, body.login_hint or ""),
    )


def _ways(body: WhoAsks) -> tuple[str, ...]:
    """Return the ways to tell of."""
    if body.login_hint is not None:
        found = discover(
            body.login_hint, requester=this_requester(), client_id=body.client_id
        )
        if found.exists is not False:
            return found.ways
    return ways_to_tell(body.client_id)


def _submission(path: str) -> Submission:
    """Return where a way in is taken."""
    return Submission(submit=_url(path))


def _passkey() -> PasskeySubmission:
    """Return where a passkey is asked for and taken."""
    return PasskeySubmission(
        submit=_url("/auth/passkey"), options=_url("/auth/passkey/options")
    )


def _providers(ways: tuple[str, ...], login: str) -> list[ProviderWay]:
    """Return the providers by which one may sign in, in operators' order.

    Those of the organization that has an address's domain are among them.
    """
    shown = list_shown((organization_at(login),))
    return [_way_of(each) for each in (shown if PROVIDER in ways else ())]


def _way_of(provider: Provider) -> ProviderWay:
    """Return how one signs in by a provider."""
    return ProviderWay(
        id=provider.id,
        name=provider.name,
        authorize=_url(f"/auth/oauth/{provider.id}/authorize"),
        callback=_url(f"/auth/oauth/{provider.id}/callback"),
    )


def _enforced_for(address: str, ways: tuple[str, ...]) -> Provider | None:
    """Return the one provider of an address's domain, where policies allow any.

    Owners of this server go other ways too, which is told to nobody.
    """
    return enforced_at(address) if PROVIDER in ways else None


def _url(path: str) -> str:
    """Return the address of a path of ours."""
    return f"{current(ServerSettings).issuer}{path}"
