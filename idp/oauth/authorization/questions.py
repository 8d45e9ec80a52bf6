"""What pages ask because of a pending request: sign-in, account, consent."""

from dataclasses import dataclass, replace

from idp.accounts.factors.assurance import (
    AAL1,
    NO_ACR,
    AcrRequest,
    level_of,
    meets,
)
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.stage_policies import policy_for
from idp.accounts.sign_in.stages import StagePolicy, methods_due
from idp.oauth.authorization import authorize as authorization
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.accounts import Accounts, evaluate_among
from idp.oauth.authorization.decision import (
    Decision,
    NeedsChoice,
    NeedsConsent,
    NoWay,
)
from idp.oauth.authorization.demands import demands_on
from idp.oauth.authorization.organizations import (
    ClientNotAllowed,
    NeedsOrganization,
    OutsideOrganization,
    context_of,
    entered_by,
)
from idp.oauth.authorization.pending import PendingRequest, PendingState
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.authorization.signed_requests import signed_copy
from idp.oauth.clients.branding.files import PLAIN, Brand
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.errors import NonRedirectableError, RefusedRequest
from idp.oauth.protocol.prompt import Prompt
from idp.oauth.protocol.response_modes import ReplyTo
from idp.oauth.protocol.scopes import join
from idp.organizations.contexts.places import MemberPlace


@dataclass(frozen=True)
class SignInContext:
    """What a sign-in or sign-up page tells and asks because of a pending request.

    ``organization`` is the id or slug of the one that it names. ``reauthenticate``
    wants a new proof of identity although the browser is signed in
    (``prompt=login``, ``max_age``, a policy). ``wants_fresh_proof``: it says how old
    one may be, so nothing is put before its answer. ``signed_request`` rides in the
    form, so that the request can be restored when its stored copy has expired.
    ``organization_id`` is in whose context a user goes on who is signed in already:
    nobody else is told what holds there.
    """

    client_id: str
    client_name: str
    organization: str | None = None
    login_hint: str | None = None
    prompts: frozenset[Prompt] = frozenset()
    max_age: int | None = None
    acr: AcrRequest = NO_ACR
    reauthenticate: bool = False
    wants_fresh_proof: bool = False
    ui_locales: tuple[str, ...] = ()
    signed_request: str = ""
    brand: Brand = PLAIN
    organization_id: str | None = None


@dataclass(frozen=True)
class AccessRefusal:
    """A pending request of a user whom its client is not for.

    Or the organization that it takes is not for the user (``by_organization``), or not
    for the client: then that is ``not_in``.
    """

    pending: PendingRequest
    client: ClientView
    asked: AuthorizationRequest
    session: LiveSession
    by_organization: bool
    not_in: MemberPlace | None


@dataclass(frozen=True)
class OrganizationQuestion:
    """A pending request whose user has to choose one of ``places``."""

    pending: PendingRequest
    client: ClientView
    asked: AuthorizationRequest
    session: LiveSession
    places: tuple[MemberPlace, ...]
    may_go_without: bool


@dataclass(frozen=True)
class ConsentQuestion:
    """A pending request whose user has to allow or deny ``scope``.

    ``known`` is what they allowed before, ``declined`` what they left out, ``named``
    are the APIs that they were asked about.
    """

    pending: PendingRequest
    client: ClientView
    asked: AuthorizationRequest
    session: LiveSession
    scope: str
    known: frozenset[str]
    declined: frozenset[str]
    named: frozenset[str]

    @property
    def shown(self) -> str:
        """What the page asks for, as text: an answer counts for that alone."""
        return join((self.scope, *self.asked.resource))


def sign_in_context(
    pending: PendingRequest, *, session: LiveSession | None
) -> SignInContext | None:
    """Return what a sign-in page shows of a request; None if it cannot go on."""
    try:
        client, asked = authorization.read(pending.parameters)
    except (RefusedRequest, NonRedirectableError):
        return None
    there = (
        context_of(asked, client, session=session, pending=pending) if session else None
    )
    return SignInContext(
        client_id=client.client_id,
        client_name=client.client_name,
        organization=asked.organization,
        login_hint=asked.login_hint,
        prompts=asked.prompts,
        max_age=asked.max_age,
        acr=asked.acr,
        reauthenticate=session is not None
        and authorization.needs_login(asked, client, session=session, pending=pending),
        wants_fresh_proof=asked.max_age is not None or Prompt.LOGIN in asked.prompts,
        ui_locales=asked.ui_locales,
        signed_request=signed_copy(pending),
        brand=client.brand,
        organization_id=entered_by(there),
    )


def stage_policy(pending: PendingRequest, *, session: LiveSession) -> StagePolicy:
    """Return what policies at the client, and a request, want of a session."""
    try:
        client, asked = authorization.read(pending.parameters)
    except (RefusedRequest, NonRedirectableError):
        return policy_for(session)
    there = context_of(asked, client, session=session, pending=pending)
    demands = demands_on(
        session, client_id=client.client_id, organization_id=entered_by(there)
    )
    return replace(demands.stages, asked=asked.acr)


def store_without(
    pending: PendingRequest, *, session: LiveSession, browser: str
) -> PendingRequest | None:
    """Keep a request again that asks for no more than the session shows.

    None where it cannot: the level is essential, or a policy wants it too.
    """
    if not may_go_without(pending, session=session):
        return None
    level = level_of(session.proven)
    _, asked = authorization.read(pending.parameters)
    met = [value for value in asked.acr.values if meets(level, value)]
    values = {**pending.parameters.values, "acr_values": " ".join(met or [AAL1])}
    return pending_requests.store(
        replace(pending.parameters, values=values),
        browser=browser,
        created_at=pending.created_at,
    )


def may_go_without(pending: PendingRequest, *, session: LiveSession) -> bool:
    """Tell whether a further factor is a client's wish (OIDC Core §5.5.1.1)."""
    policy = stage_policy(pending, session=session)
    if policy.asked.essential or not pending.waiting_since:
        return False
    own = replace(policy, asked=NO_ACR)
    due = methods_due(session, session.proven, policy=policy)
    return bool(due) and not methods_due(session, session.proven, policy=own)


def find_consent_question(
    return_to: str | None, *, browsers: list[str], accounts: Accounts
) -> ConsentQuestion | None:
    """Return what the consent page asks; None where its answer would change nothing."""
    found = _find_open(return_to, browsers=browsers, accounts=accounts)
    if found is None or not isinstance(found.need, NeedsConsent):
        return None
    return ConsentQuestion(
        found.pending,
        found.client,
        found.asked,
        found.session,
        scope=found.need.scope,
        known=found.need.known,
        declined=found.need.declined,
        named=found.need.named,
    )


def find_denied(return_to: str | None, *, browsers: list[str]) -> ReplyTo | None:
    """Return where a request goes back to that was answered, and not by a yes."""
    pending = pending_requests.find_by_path(return_to, browsers=browsers)
    if not isinstance(pending, PendingRequest) or pending.allowed_by:
        return None
    if pending.state is not PendingState.FINISHED:
        return None
    _, asked = authorization.read(pending.parameters)
    return asked.reply_to


def is_account_asked(
    return_to: str | None, *, browsers: list[str], accounts: Accounts
) -> bool:
    """Tell whether a request waits for its user to choose an account."""
    found = _find_open(return_to, browsers=browsers, accounts=accounts)
    return found is not None and isinstance(found.need, NeedsChoice)


def find_organization_question(
    return_to: str | None, *, browsers: list[str], accounts: Accounts
) -> OrganizationQuestion | None:
    """Return what the chooser of organizations asks; None where it need not."""
    found = _find_open(return_to, browsers=browsers, accounts=accounts)
    if found is None or not isinstance(found.need, NeedsOrganization):
        return None
    return OrganizationQuestion(
        found.pending,
        found.client,
        found.asked,
        found.session,
        places=found.need.places,
        may_go_without=found.need.may_go_without,
    )


def find_access_refusal(
    return_to: str | None, *, browsers: list[str], accounts: Accounts
) -> AccessRefusal | None:
    """Return the request that is refused to its user; None where it is not."""
    found = _find_open(return_to, browsers=browsers, accounts=accounts)
    if found is None or not isinstance(found.need, NoWay):
        return None
    need = found.need
    return AccessRefusal(
        found.pending,
        found.client,
        found.asked,
        found.session,
        by_organization=isinstance(need, OutsideOrganization),
        not_in=need.place if isinstance(need, ClientNotAllowed) else None,
    )


@dataclass(frozen=True)
class _Open:
    """A pending request of a signed-in browser, and what it needs right now."""

    pending: PendingRequest
    client: ClientView
    asked: AuthorizationRequest
    session: LiveSession
    need: Decision


def _find_open(
    return_to: str | None, *, browsers: list[str], accounts: Accounts
) -> _Open | None:
    """Return the request behind a page that was not answered yet."""
    session = accounts.active
    if session is None:
        return None
    pending = pending_requests.find_by_path(return_to, browsers=browsers)
    if not isinstance(pending, PendingRequest) or not pending.waiting_since:
        return None
    client, asked = authorization.read(pending.parameters)
    need = evaluate_among(asked, client, accounts=accounts, pending=pending)
    return _Open(pending, client, asked, session, need)
