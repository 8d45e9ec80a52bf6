"""/device: connect a device by the code on its screen (RFC 8628 §3.3).

The first page takes the code, the second asks whose it is. Nothing is decided by a
link: one that a stranger sent brings its code along, so a button confirms it, and the
second page says what asks, and from where (§5.4).
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, StringField

from idp.accounts.errors import NotSignedIn
from idp.accounts.models import User
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.stages import stage_url
from idp.accounts.users import get_user
from idp.core.errors import RateLimited
from idp.oauth.authorization import consents
from idp.oauth.clients import audiences
from idp.oauth.device import requests as device_requests
from idp.oauth.device.requests import PAGE, WITHOUT, DeviceRequest
from idp.oauth.device.user_codes import parse_user_code, shown_user_code
from idp.oauth.protocol.redirect_uris import host_of
from idp.oauth.protocol.scopes import split
from idp.pages.authorization.scope_words import (
    ScopeItem,
    api_items,
    kept_values,
    scope_items,
)
from idp.pages.sign_in.limited import limited, too_many
from idp.security.client_network import network_name
from idp.security.ratelimit.budgets import USER_CODE
from idp.security.ratelimit.meters import network_of
from idp.web.authorization.accounts import switch_url
from idp.web.browser.session import (
    continue_url,
    get_session,
    login_required,
    this_page,
)
from idp.web.callers.requester import this_requester
from idp.web.forms import PageForm
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("device", __name__)

LONGEST_SHOWN = 32
NOT_RIGHT = lazy_gettext(
    "That code isn’t right, or your device no longer waits with it. Check it on your "
    "device’s screen, or get a new one there."
)
# Newer devices of its network took its place, or somebody else typed it since.
GONE = lazy_gettext("This code doesn’t count any more. Get a new one on your device.")
TOO_LATE = lazy_gettext("That code has expired. Get a new one on your device.")


class UserCodeForm(PageForm):
    """What the first page sends back."""

    user_code = StringField(lazy_gettext("Code"))


class AnswerForm(PageForm):
    """What the second page sends back; ``decision`` is the button.

    Each optional scope value that is kept has a field of its own (scope_words.KEPT).
    """

    user_code = HiddenField()
    decision = HiddenField()


@bp.get(PAGE)
@login_required
def show_device() -> Response:
    """Ask for a code, or whether the device is the user's, or say what became of it."""
    session = get_session()
    required = continue_url(session, this_page())
    if required != this_page():
        return redirect_to(required)
    typed = request.args.get("user_code", "")[:LONGEST_SHOWN]
    found = _find(typed, session)
    if found is None:
        return _code_page(typed)
    if found.expired:
        return _code_page("", refused=str(TOO_LATE))
    if found.answered_at:
        return _answered_page(found)
    before = _page_before(found, session)
    return redirect_to(before) if before else _question_page(found, session)


@bp.post(PAGE)
@login_required
def submit_device() -> Response:
    """Take a code, or the answer about it."""
    session = get_session()
    required = continue_url(session, PAGE)
    if required != PAGE:
        return redirect_to(required)
    form = AnswerForm()
    typed = (form.user_code.data or "")[:LONGEST_SHOWN]
    if form.decision.data in ("allow", "deny"):
        return _take_answer(typed, session, allowed=form.decision.data == "allow")
    try:
        known = _take_code(typed, session)
    except RateLimited as spent:
        seconds = spent.retry_after_seconds
        page = _code_page(typed, refused=too_many(seconds))
        return limited(page, retry_after_seconds=seconds)
    return _see_code(typed) if known else _code_page(typed, refused=str(NOT_RIGHT))


def _take_code(typed: str, session: LiveSession) -> bool:
    """Bind a code to the user who typed it; a wrong one is a guess, and counted.

    It is counted before it is looked for, so that of many at once none is free.
    """
    guesses = USER_CODE.meter(network_of(this_requester().ip))
    guesses.check()
    user_code = parse_user_code(typed)
    if user_code is None:
        return False
    guesses.count()
    if not device_requests.is_waiting(user_code):
        return False
    guesses.give_back()
    return device_requests.bind(user_code, user_id=session.user_id)


def _take_answer(typed: str, session: LiveSession, *, allowed: bool) -> Response:
    """Answer the device for exactly the code that was shown; show what came of it."""
    found = _find(typed, session)
    if found is None:
        return _code_page("", refused=str(GONE))
    waits = not found.answered_at and not found.expired
    if waits and _page_before(found, session) is None:
        scope, declined = _kept_scope(found)
        if not (allowed and scope):
            counts = device_requests.deny(found, session)
        else:
            counts = _allow(found, session, scope=scope, declined=declined)
        if not counts:
            undo()
    return _see_code(typed)


def _page_before(found: DeviceRequest, session: LiveSession) -> str | None:
    """Return the page of what the user must do before they answer, if anything."""
    here, without = _page_of(found.user_code), _goes_without()
    stage = found.needs_stage(session, without=without)
    if found.needs_login(session):
        return f"/login?{urlencode({'return_to': here})}"
    return stage_url(stage, here) if stage else None


def _goes_without() -> bool:
    """Tell whether the user went on without the level that the client would have."""
    return request.values.get(WITHOUT) == "1"


def _allow(
    found: DeviceRequest, session: LiveSession, *, scope: str, declined: str
) -> bool:
    """Connect the device; False when an answer or the session's end came first."""
    try:
        return device_requests.allow(found, session, scope=scope, declined=declined)
    except NotSignedIn:
        return False


def _kept_scope(found: DeviceRequest) -> tuple[str, str]:
    """Return what the user allows of the scope, and what they leave out."""
    if found.client.first_party:
        return found.scope, ""
    return split(found.scope, optional=found.client.optional_scope, kept=kept_values())


def _find(typed: str, session: LiveSession) -> DeviceRequest | None:
    """Return the request whose code this user typed here and confirmed."""
    user_code = parse_user_code(typed)
    if user_code is None:
        return None
    return device_requests.find_request(user_code, user_id=session.user_id)


def _see_code(typed: str) -> Response:
    """Lead to the page about a code."""
    return redirect_to(_page_of(typed))


def _page_of(typed: str) -> str:
    """Return the address of the page about a code."""
    user_code = parse_user_code(typed)
    if user_code is None:
        return PAGE
    return f"{PAGE}?{urlencode({'user_code': shown_user_code(user_code)})}"


def _code_page(typed: str, *, refused: str | None = None) -> Response:
    """Render the first page, with the code that a link or a mistake brought."""
    form = UserCodeForm(formdata=None, user_code=typed)
    if refused:
        form.user_code.errors = [refused]
    return interaction_page("authorization/device_code.html", form=form)


def _question_page(found: DeviceRequest, session: LiveSession) -> Response:
    """Render the second page, or that the app is not for this user."""
    if not found.is_for(session):
        return _no_access_page(found, session)
    set_branding(lambda: found.client.brand)
    here = _page_of(found.user_code)
    user = get_user(session.user_id)
    return interaction_page(
        "authorization/device_question.html",
        form=AnswerForm(formdata=None),
        user_code=shown_user_code(found.user_code),
        without=_goes_without(),
        client_name=found.client.client_name,
        client_uri=host_of(found.client.client_uri),
        account_label=user.email,
        switch_url=switch_url(here),
        network=network_name(found.ip) or gettext("unknown"),
        asked_at=found.created_at,
        scope_items=_items_of(found, user),
        policy_uri=found.client.policy_uri,
        tos_uri=found.client.tos_uri,
    )


def _no_access_page(found: DeviceRequest, session: LiveSession) -> Response:
    """Say that the app is not for this user; the one answer is no."""
    set_branding(lambda: found.client.brand)
    here = _page_of(found.user_code)
    return interaction_page(
        "authorization/no_access.html",
        form=AnswerForm(formdata=None),
        here=PAGE,
        user_code=shown_user_code(found.user_code),
        by_organization=False,
        not_in=None,
        client_name=found.client.client_name,
        account_label=session.email,
        switch_url=switch_url(here),
    )


def _items_of(found: DeviceRequest, user: User) -> list[ScopeItem]:
    """Return what the client will be able to do; of a first-party one it is implied."""
    if found.client.first_party:
        return []
    remembered = consents.find_remembered(
        user_id=user.id, client_id=found.client.client_id
    )
    apis = audiences.named_apis(found.client, found.resource or ())
    items = scope_items(
        found.scope,
        apis=apis,
        user=user,
        known=remembered.allowed,
        declined=remembered.declined,
        optional=found.client.optional_scope,
    )
    named = remembered.resources
    return items + api_items(apis, known=remembered.allowed, named=named)


def _answered_page(found: DeviceRequest) -> Response:
    """Render the end."""
    return interaction_page(
        "authorization/device_answered.html",
        client_name=found.client.client_name,
        connected=found.connected,
    )
