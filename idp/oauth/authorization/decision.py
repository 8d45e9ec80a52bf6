"""What an authorization request still needs before it can be answered (pure)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from idp.accounts.factors.assurance import LEVELS
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.stages import Due, Stage, Unmet, next_stage
from idp.accounts.sign_in.ways.demands import NO_DEMANDS, SignInDemands
from idp.oauth.authorization.organizations import (
    ClientNotAllowed,
    InContext,
    NeedsOrganization,
    Nowhere,
    OutsideOrganization,
)
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.prompt import NEW_AUTHENTICATION, Prompt
from idp.organizations.contexts.places import MemberPlace


@dataclass(frozen=True)
class Proceed:
    """Answer with a code for ``scope``, about the user of ``session``.

    ``organization`` is their place in whose context they come.
    """

    scope: str
    session: LiveSession
    organization: MemberPlace | None = None


@dataclass(frozen=True)
class NeedsLogin:
    """The user has to sign in, again or with another account if a session is there.

    ``create`` asks for the sign-up page instead (Prompt Create 1.0).
    """

    create: bool = False
    silently: ClassVar[str] = "login_required"


@dataclass(frozen=True)
class NeedsChoice:
    """The user has to choose the account of the session, or another."""

    silently: ClassVar[str] = "account_selection_required"


@dataclass(frozen=True)
class NeedsStage:
    """More is due: a second factor, a new password, the address to be confirmed."""

    stage: Stage

    @property
    def silently(self) -> str:
        """Return the error: showing a factor is authentication, the rest is not."""
        shows = self.stage is Stage.SECOND_FACTOR
        return "login_required" if shows else "interaction_required"


@dataclass(frozen=True)
class NoAccess:
    """The client is not for this user; another account may do."""

    silently: ClassVar[str] = "access_denied"


@dataclass(frozen=True)
class NeedsConsent:
    """The user has to allow ``scope``.

    ``known`` are the values allowed before, ``declined`` those left out before,
    ``named`` the APIs that were asked about.
    """

    scope: str
    known: frozenset[str]
    declined: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    silently: ClassVar[str] = "consent_required"


@dataclass(frozen=True)
class Deny:
    """Answer with an error (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6)."""

    error: str
    description: str

    def fields(self) -> dict[str, str]:
        """Return the fields of the error response."""
        return {"error": self.error, "error_description": self.description}


UNMET = "unmet_authentication_requirements"  # OIDC Unmet Auth Requirements 1.0 §2
CANCELLED = Deny("access_denied", "the user said no")
NO_ACCESS = Deny("access_denied", "the user may not use this client")
NOT_CHOSEN = Deny("account_selection_required", "several accounts are signed in")
OTHER_USER = Deny("login_required", "another user signed in than was asked for")

NoWay = NoAccess | OutsideOrganization | ClientNotAllowed
NeedsAccount = NeedsLogin | NeedsChoice | NeedsOrganization
Need = NeedsAccount | NeedsStage | NoWay | NeedsConsent
Decision = Proceed | Need | Deny


@dataclass(frozen=True)
class AuthorizationContext:
    """What is known of the browser and its user when a request is evaluated.

    ``waiting_since`` is when a pending request arrived, None for one that comes now:
    only a sign-in after it counts as new. ``remembered`` is the scope allowed in the
    past, ``declined`` what was left out, ``allowed`` what was allowed for this very
    request, None if nothing was yet. ``named`` are the APIs that need no naming: those
    of the past, and this server.
    ``chosen`` tells whether the session's account was chosen for this very request,
    ``demands`` what policies want of a sign-in, ``may_use`` whether the client is for
    the session's user, ``organization`` in whose context they come.
    """

    now: datetime
    session: LiveSession | None
    waiting_since: datetime | None = None
    remembered: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    allowed: frozenset[str] | None = None
    named: frozenset[str] = frozenset()
    chosen: bool = False
    demands: SignInDemands = NO_DEMANDS
    may_use: bool = True
    organization: InContext = None

    @property
    def just_signed_in(self) -> bool:
        """Tell whether the user signed in while the request was pending."""
        since = self.waiting_since
        return bool(self.session and since and self.session.auth_time >= since)

    @property
    def account_is_chosen(self) -> bool:
        """Tell whether the user chose the account: here, or by signing in."""
        return self.chosen or self.just_signed_in


def decide(
    asked: AuthorizationRequest, client: ClientView, *, context: AuthorizationContext
) -> Decision:
    """Say how a request goes on; ``prompt=none`` turns every need into its error."""
    decision = _first_need(asked, client, context=context)
    if Prompt.NONE in asked.prompts and isinstance(decision, NoWay):
        return NO_ACCESS
    if Prompt.NONE in asked.prompts and isinstance(decision, Need):
        return Deny(decision.silently, "the user would have to be asked")
    return decision


def _first_need(
    asked: AuthorizationRequest, client: ClientView, *, context: AuthorizationContext
) -> Decision:
    """Return what is missing first: who it is, their account, their right, their yes.

    An essential ``acr`` that no sign-in here reaches is refused at once (OIDC Core
    §5.5.1.1).
    """
    if asked.acr.essential and not set(asked.acr.values).intersection(LEVELS):
        return Deny(UNMET, "no such acr is offered")
    session = context.session
    if session is None or _wants_new_sign_in(asked, context):
        return NeedsLogin(create=Prompt.CREATE in asked.prompts)
    if asked.subjects is not None and session.user_id not in asked.subjects:
        return OTHER_USER if context.just_signed_in else NeedsLogin()
    return _need_of_user(asked, client, context=context, session=session)


def _need_of_user(
    asked: AuthorizationRequest,
    client: ClientView,
    *,
    context: AuthorizationContext,
    session: LiveSession,
) -> Decision:
    """Return what is missing first of a user who is the right one."""
    if Prompt.SELECT_ACCOUNT in asked.prompts and not context.account_is_chosen:
        return NeedsChoice()
    place = context.organization
    if isinstance(place, NeedsOrganization | Nowhere):
        return place
    due = _due_of_user(asked, context, session=session)
    if due:
        return due
    if not context.may_use:
        return NoAccess()
    scope = _allowed_scope(asked, client, context=context)
    if not scope:
        return _needed_consent(asked, context)
    return Proceed(scope, session, place)


def _due_of_user(
    asked: AuthorizationRequest,
    context: AuthorizationContext,
    *,
    session: LiveSession,
) -> NeedsStage | Deny | None:
    """Return what policies, and the request, want of the sign-in first.

    A level that is a wish is reached where it can be; else the request goes on with
    less: to fail instead is a SHOULD of RFC 9470 §5, which OIDC Core §5.5.1.1 leaves
    open. A client that takes no less asks for an essential one.
    """
    policy = replace(context.demands.stages, asked=asked.acr)
    due = next_stage(session, session.proven, policy=policy)
    if isinstance(due, Due):
        return NeedsStage(due.stage)
    if isinstance(due, Unmet):
        return Deny(UNMET, "the user cannot reach that acr")
    return None


def _wants_new_sign_in(
    asked: AuthorizationRequest, context: AuthorizationContext
) -> bool:
    """Tell whether the session is too old for this request (OIDC Core §3.1.2.3).

    Or a policy wants another; how a user signed in counts also for one just now.
    """
    if context.session is None:
        return False
    if context.just_signed_in:
        return context.demands.refuse_methods(context.session)
    if asked.prompts & NEW_AUTHENTICATION or asked.max_age == 0:
        return True
    limit = asked.max_age
    if limit is not None and context.session.older_than(limit, now=context.now):
        return True
    return context.demands.refuse(context.session, now=context.now)


def _needed_consent(
    asked: AuthorizationRequest, context: AuthorizationContext
) -> NeedsConsent:
    """Return the question, with what the user knows already."""
    return NeedsConsent(
        asked.consent_scope,
        known=context.remembered,
        declined=context.declined,
        named=context.named,
    )


def _allowed_scope(
    asked: AuthorizationRequest, client: ClientView, *, context: AuthorizationContext
) -> str:
    """Return what may be answered without asking, empty if the user must be asked.

    What was left out before stays left out, while it is still optional. First-party
    clients are the operator's own: consent to them is implied. The request itself may
    ask for the page, and so does an API that was not named. Nothing is remembered for
    a native client whose redirect URI does not prove which app it is.
    """
    wanted = asked.consent_scope.split(" ")
    if context.allowed is not None:
        return " ".join(name for name in wanted if name in context.allowed)
    if Prompt.CONSENT in asked.prompts:
        return ""
    if client.first_party:
        return asked.consent_scope
    if client.native and not asked.reply_to.redirect_uri.startswith("https:"):
        return ""  # another app may answer to that name: RFC 8252 §8.6
    declined = context.declined & client.optional_scope
    known = (context.remembered | declined).issuperset(wanted)
    if not (known and context.named.issuperset(asked.resource)):
        return ""
    return " ".join(name for name in wanted if name not in declined)
