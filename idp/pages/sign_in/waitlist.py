"""/register/waitlist: ask for an account, see where one waits, leave, and arrive."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from idp.accounts.errors import InvalidInput, NoWaitlist, RegistrationClosed
from idp.accounts.mail_limits import waitlist_act
from idp.accounts.registration.policy import require_waitlist
from idp.accounts.registration.waitlist import places
from idp.accounts.registration.waitlist.letting_in import WELCOME
from idp.core.errors import FieldError, RateLimited
from idp.oauth.clients.cache import find_client
from idp.pages.continuation import HOME, Continuation, cookie_trouble, read_continuation
from idp.pages.forms import ConfirmForm, WaitlistForm, show_errors
from idp.pages.sign_in.limited import limited, too_many, unchecked
from idp.web.authorization.error_pages import start_url
from idp.web.browser.session import get_session, login_required
from idp.web.callers.challenge import check_form, page_challenge
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH = "/register/waitlist"
PLACE = f"{PATH}/place"
ACTS = {"confirm": places.confirm, "leave": places.leave}

bp = Blueprint("registration_waitlist", __name__)


@bp.get(PATH)
def show_waitlist() -> Response:
    """Show the form; where there is no waitlist, lead to what there is."""
    ahead = read_continuation()
    try:
        require_waitlist()
    except NoWaitlist:
        return redirect_to(ahead.url("/register"))
    return _form_page(WaitlistForm(email=ahead.login_hint), ahead)


@bp.post(PATH)
def submit_waitlist() -> Response:
    """Have the confirmation mailed; what is said does not depend on the address."""
    ahead, form = read_continuation(), WaitlistForm()
    if not form.validate():
        return _form_page(form, ahead)
    unanswered = check_form(waitlist_act, form.email.data)
    if unanswered:
        seconds = unanswered.retry_after_seconds
        page = _form_page(form, ahead, refused=unchecked(seconds))
        return limited(page, retry_after_seconds=seconds)
    try:
        asked = places.PlaceRequest(form.note.data, ahead.client_id)
        places.ask(form.email.data, asked, requester=this_requester())
    except RateLimited as refusal:
        seconds = refusal.retry_after_seconds
        page = _form_page(form, ahead, refused=too_many(seconds))
        return limited(page, retry_after_seconds=seconds)
    except (InvalidInput, RegistrationClosed) as refusal:
        undo()
        show_errors(form, refusal.errors or [FieldError("email", "domain")])
        return _form_page(form, ahead)
    return _form_page(form, ahead, sent_to=form.email.data)


@bp.get(PLACE)
def show_place() -> Response:
    """Show how a place stands; only its buttons change that."""
    return _place_page(request.args.get("token", ""))


@bp.post(PLACE)
def submit_place() -> Response:
    """Confirm a place, or give it up."""
    token = request.form.get("token", "")
    act = next((name for name in ACTS if name in request.form), None)
    done = bool(act) and ACTS[act or "leave"](token)
    return _place_page(token, left=done and act == "leave")


@bp.get(WELCOME)
@login_required
def show_welcome() -> Response:
    """Lead who has an account since back to the app that they asked for it at."""
    client = find_client(request.args.get("client_id"))
    url = start_url(client) if client else None
    if client is None or url is None or client.disabled:
        return redirect_to(HOME)
    return interaction_page(
        "sign_in/waitlist_welcome.html",
        app_name=client.client_name,
        app_url=url,
        account_url=HOME,
        account_label=get_session().email,
    )


def _form_page(
    form: WaitlistForm,
    ahead: Continuation,
    *,
    refused: str | None = None,
    sent_to: str | None = None,
) -> Response:
    """Render the form, or what comes after it."""
    return interaction_page(
        "sign_in/waitlist.html",
        form=form,
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused or cookie_trouble(),
        challenge=None if sent_to else page_challenge(waitlist_act),
        sent_to=sent_to,
        login_url=ahead.url("/login", **ahead.adding),
        again_url=ahead.url(PATH),
    )


def _place_page(token: str, *, left: bool = False) -> Response:
    """Render a place, or say that there is none any more."""
    place = places.find_place(token)
    known = place is not None or left
    return interaction_page(
        "sign_in/waitlist_place.html",
        status=HTTPStatus.OK if known else HTTPStatus.BAD_REQUEST,
        form=ConfirmForm(),
        place=place,
        left=left,
        token=token,
        client_name=None,
    )
