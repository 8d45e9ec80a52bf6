"""/api/auth/external: what is linked to the account of who is signed in."""

from datetime import datetime

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.factors.passkeys.errors import LastWayIn
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.api.session_status.answers import Status
from idp.federation.links.changes import unlink
from idp.federation.links.errors import NoSuchLink
from idp.federation.links.listing import LinkedAccount, get_linked, list_linked
from idp.web.browser.session import session_of
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("external_linked_api", __name__, tag="Other providers")
EXTERNAL = "/api/auth/external"


class LinkedAnswer(Answer):
    """An account at a provider that opens this one.

    `configured` is false where the provider is switched off: it signs nobody in.
    """

    __qualname__ = "LinkedAccount"  # as the API document calls it

    provider: str
    name: str
    email: str | None
    configured: bool
    linked_at: datetime
    last_used_at: datetime | None


class LinkedStatus(Answer):
    """How it stands with the session, and what is linked."""

    status: Status
    account: LinkedAnswer


@api.operation(
    "GET",
    EXTERNAL,
    id="external_linked_api_list",
    answers={200: list[LinkedAnswer]},
    before_enrolment=True,
)
def show_all(who: Principal) -> list[LinkedAnswer]:
    """List what is linked, the oldest first."""
    return [linked_answer(linked) for linked in list_linked(who.user_id)]


@api.operation(
    "GET",
    f"{EXTERNAL}/<provider_id>",
    id="external_linked_api_show",
    answers={200: LinkedStatus},
    refusals=(NoSuchLink,),
    before_enrolment=True,
)
def show(who: Principal, provider_id: str) -> LinkedStatus:
    """Show what is linked of one provider."""
    return LinkedStatus(
        status="ok", account=linked_answer(get_linked(who.user_id, provider_id))
    )


@api.operation(
    "DELETE",
    f"{EXTERNAL}/<provider_id>",
    id="external_linked_api_unlink",
    answers={204: None},
    refusals=(NoSuchLink, LastWayIn, ReauthenticationRequired),
    before_enrolment=True,
)
def remove(who: Principal, provider_id: str) -> Response:
    """Unlink a provider, within ten minutes of a sign-in; the owner is mailed.

    The last way to sign in stays. In cookies mode this browser gets new cookies.
    """
    access.fresh_proof(who)
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    session = unlink(live, provider_id, requester=this_requester())
    answer = reply(None, status=204)
    return with_renewed(answer, session) if in_cookies else answer


def linked_answer(linked: LinkedAccount) -> LinkedAnswer:
    """Return a link as an answer."""
    return LinkedAnswer(
        provider=linked.provider_id,
        name=linked.name,
        email=linked.email,
        configured=linked.usable,
        linked_at=linked.created_at,
        last_used_at=linked.last_used_at,
    )
