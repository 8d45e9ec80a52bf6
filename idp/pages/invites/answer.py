"""/invite: who invites whom, and to where; join or decline."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from wtforms import HiddenField

from idp.accounts.addresses.rows import find_spelling
from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.profile.rules import FieldRules
from idp.accounts.registration.policy import rules_for
from idp.accounts.sign_in.stages import Stage, stage_url
from idp.accounts.users import get_user
from idp.core.errors import RateLimited
from idp.oauth.clients.cache import find_client
from idp.organizations.invites.answering import (
    Joined,
    Newcomer,
    decline_invite,
    join_as_new,
    join_as_user,
)
from idp.organizations.invites.errors import SignInToJoin
from idp.organizations.invites.opening import (
    PATH,
    ShownInvite,
    admission_of,
    find_shown,
    is_for,
    makes_account,
    onward_of,
)
from idp.organizations.invites.rows import InviteState
from idp.pages.continuation import HOME, Continuation, signed_in_response
from idp.pages.forms import show_errors
from idp.pages.invites.ways import ways_toward
from idp.pages.sign_in.limited import limited, too_many
from idp.pages.terms_field import TermsForm
from idp.pages.told_fields import controls_in, form_asking
from idp.web.browser.accounts import browser_sessions
from idp.web.browser.session import continue_url, current_session, session_request
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.user_fields.controls import told_in

bp = Blueprint("invites", __name__)


class WelcomeForm(TermsForm):
    """What somebody says who joins; more, where they get an account."""

    token = HiddenField()


@dataclass(frozen=True)
class _InviteHere:
    """An open invite in this browser.

    ``own``: who is signed in has its address, ``new``: joining makes the account.
    ``due`` is a page that comes before, and leads back.
    """

    found: ShownInvite
    token: str
    own: bool
    new: bool
    due: str | None

    @property
    def here(self) -> str:
        """Return the page of the invite."""
        return f"{PATH}?{urlencode({'token': self.token})}"


@bp.get(PATH)
def show_invite() -> Response:
    """Show an invite; only the buttons answer it."""
    token = request.args.get("token", "")
    opened = _opened(token)
    if opened is None:
        return _over_page(token)
    return redirect_to(opened.due) if opened.due else _page(opened, _form(opened))


@bp.post(PATH)
def submit_invite() -> Response:
    """Join: as who is signed in, or with the account that the link makes."""
    token = request.form.get("token", "")
    opened = _opened(token)
    if opened is None:
        return _over_page(token)
    if opened.due or not (opened.own or opened.new):
        return redirect_to(opened.due or opened.here)
    if opened.own:
        joined = join_as_user(opened.found.row, get_user(_signed_in_id()))
        return _joined_response(joined, token=token)
    form = _form(opened)
    return _join_as_new(form, opened) if form.validate() else _page(opened, form)


@bp.post(f"{PATH}/decline")
def submit_decline() -> Response:
    """Decline, and say so."""
    token = request.form.get("token", "")
    found, live = find_shown(token), current_session()
    if found:
        decline_invite(found.row, user_id=live.user_id if live else None)
    return redirect_to(f"{PATH}?{urlencode({'token': token})}")


def _opened(token: str) -> _InviteHere | None:
    """Return what a link is in this browser; None when it is over."""
    found, live = find_shown(token), current_session()
    if found is None or not found.is_open:
        return None
    here = f"{PATH}?{urlencode({'token': token})}"
    own = live is not None and is_for(live.user_id, found.row)
    due = None
    if live and own:
        first = continue_url(live, here)
        due = None if first == here else first
    elif live and find_spelling(live.user_id, found.row.email):
        due = stage_url(Stage.EMAIL, here)
    new = not own and makes_account(found.row)
    return _InviteHere(found, token, own=own, new=new, due=due)


def _join_as_new(form: WelcomeForm, opened: _InviteHere) -> Response:
    """Make the account and sign in, or say what is wrong."""
    try:
        joined = join_as_new(
            opened.token,
            Newcomer(None, *told_in(form), accepted=form.accepted),
            request=session_request(),
        )
    except RateLimited as refusal:
        seconds = refusal.retry_after_seconds
        page = _page(opened, form, refused=too_many(seconds))
        return limited(page, retry_after_seconds=seconds)
    except (InvalidInput, UsernameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _page(opened, form)
    except SignInToJoin:  # meanwhile there is an account
        undo()
        return redirect_to(opened.here)
    return _joined_response(joined, token=opened.token)


def _joined_response(joined: Joined | None, *, token: str) -> Response:
    """Lead on who has joined; who was signed in now is asked how from now on."""
    if joined is None:
        return _over_page(token)
    if joined.signed_in:
        ways = Continuation(ways_toward(joined.client_id))
        return signed_in_response(joined.signed_in, ways)
    place = joined.organization_id
    own = f"/account/orgs/{place}" if place else HOME
    return redirect_to(onward_of(joined.client_id) or own)


def _form(opened: _InviteHere) -> WelcomeForm:
    """Return the form, with controls for what a new account asks for."""
    rules = _rules_for(opened)
    asked, needed = rules.at_sign_up, rules.needed_on_pages
    form = form_asking(WelcomeForm, asked, needed=needed)
    form.token.data = opened.token
    if not opened.new:
        del form.accept_terms
    return form


def _rules_for(opened: _InviteHere) -> FieldRules:
    """Return what is asked of who answers an invite: nothing of who has an account."""
    if not opened.new:
        return FieldRules()
    return rules_for(admission_of(opened.found.row))


def _signed_in_id() -> str:
    """Return who is signed in, which ``_opened`` has seen."""
    live = current_session()
    return live.user_id if live else ""


def _page(
    opened: _InviteHere, form: WelcomeForm, *, refused: str | None = None
) -> Response:
    """Render the invite with what can be done here."""
    ahead, live = Continuation(opened.here), current_session()
    switch = {"switch": "1"} if live else {}
    among = any(is_for(of.user_id, opened.found.row) for of in browser_sessions())
    return interaction_page(
        "sign_in/invite.html",
        form=form,
        asked=controls_in(form, _rules_for(opened).at_sign_up),
        invite=opened.found,
        client_name=_app_of(opened),
        own=opened.own,
        new=opened.new,
        refused=refused,
        signed_in_as=live.email if live else None,
        login_url=ahead.url("/login/select" if among else "/login", **switch),
        register_url=ahead.url("/register", **switch),
    )


def _app_of(opened: _InviteHere) -> str | None:
    """Return the name of the app that an invite leads to, None for none in use."""
    client = find_client(opened.found.row.client_id)
    return client.client_name if client and not client.disabled else None


def _over_page(token: str) -> Response:
    """Say that an invite is over, and whom to ask for another."""
    found = find_shown(token)
    declined = found is not None and found.state is InviteState.DECLINED
    return interaction_page(
        "sign_in/invite_over.html",
        status=HTTPStatus.OK if declined else HTTPStatus.BAD_REQUEST,
        invite=found,
        state=found.state.value if found else "",
    )
