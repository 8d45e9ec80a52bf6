"""/account/passkeys: add, name and remove passkeys."""

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from idp.accounts.errors import InvalidInput
from idp.accounts.factors.passkeys import signals
from idp.accounts.factors.passkeys.adding import begin_to_add, require_may_add
from idp.accounts.factors.passkeys.enrolment import EnrolledPasskey, enrol_passkey
from idp.accounts.factors.passkeys.errors import LastWayIn, NoSuchPasskey
from idp.accounts.factors.passkeys.registry import list_passkeys, rename_passkey
from idp.accounts.factors.passkeys.removal import remove_passkey
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import is_fresh, require_fresh
from idp.accounts.sign_in.stages import Stage
from idp.accounts.users import get_user
from idp.pages.account.navigation import account_page
from idp.pages.continuation import (
    HOME,
    Continuation,
    read_continuation,
    restored_path,
)
from idp.pages.factors.recovery_codes import codes_page
from idp.pages.passkeys.form import PasskeyForm
from idp.web.browser.csrf import bind_forms_to
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import (
    continue_url,
    get_session,
    login_required,
    sign_in_browser,
)
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("passkey_pages", __name__, url_prefix="/account/passkeys")

PATH, NEW = "/account/passkeys", "/account/passkeys/new"


@bp.get("")
@login_required
def show_passkeys() -> Response:
    """List the passkeys."""
    live = get_session()
    return account_page(
        "account/passkeys.html",
        live,
        form=PasskeyForm(formdata=None),
        passkeys=list_passkeys(live.user_id),
        signals=[signals.of_accepted(live.user_id), signals.of_user(live)],
        done=request.args.get("done"),
        email_verified=live.email_verified,
    )


@bp.get("/new")
@login_required
def show_new() -> Response:
    """Explain what a passkey is, and offer to make one."""
    live, ahead = get_session(), read_continuation()
    if not is_fresh(live):
        return confirm_first(live, ahead.url(NEW, **ahead.copy_to_send, **_kind()))
    require_may_add(get_user(live.user_id))
    return _new_page(live, ahead)


@bp.post("/new/options")
@login_required
def give_options() -> Response:
    """Give the page's script what makes a passkey."""
    live = get_session()
    require_fresh(live)
    ticket, options = begin_to_add(
        get_user(live.user_id), session_id=live.id, second_step=bool(_kind())
    )
    return jsonify(ticket=ticket, options=options)


@bp.post("/new")
@login_required
def submit_new() -> Response:
    """Keep the passkey that was made, and go on with what waits."""
    live, ahead, form = get_session(), read_continuation(), PasskeyForm()
    added = enrol_passkey(
        live,
        form.shown(),
        ticket=form.ticket.data or "",
        name=(form.name.data or _usual_name())[:100],
        requester=this_requester(),
    )
    if added is None:
        words = gettext("The passkey could not be added. Try again.")
        return _new_page(live, ahead, refused=words)
    return _added(added, ahead)


@bp.post("/<passkey_id>/rename")
@login_required
def submit_name(passkey_id: str) -> Response:
    """Give a passkey another name; one that cannot be its name changes nothing."""
    live, form = get_session(), PasskeyForm()
    try:
        rename_passkey(live.user_id, passkey_id, name=form.name.data or "")
    except InvalidInput:
        undo()
        return redirect_to(f"{PATH}?done=no_name")
    except NoSuchPasskey:
        return redirect_to(f"{PATH}?done=removed")
    return redirect_to(f"{PATH}?done=renamed")


@bp.post("/<passkey_id>/remove")
@login_required
def submit_remove(passkey_id: str) -> Response:
    """Remove a passkey, after a proof of the last minutes."""
    live = get_session()
    if not is_fresh(live):
        return confirm_first(live, PATH)
    removed = redirect_to(f"{PATH}?done=removed")
    try:
        session = remove_passkey(live, passkey_id, requester=this_requester())
    except LastWayIn:
        undo()
        return redirect_to(f"{PATH}?done=last")
    except NoSuchPasskey:
        undo()
        return removed
    return sign_in_browser(removed, SignedIn(session))


def _added(added: EnrolledPasskey, ahead: Continuation) -> Response:
    """Go on with what waits, by the codes that came with the key, if any did."""
    session, signed_in = added.session, SignedIn(added.session)
    onward = f"{PATH}?done=added"
    if ahead.return_to != HOME:
        onward = restored_path(ahead, signed_in)
    if added.recovery_codes:
        bind_forms_to(session.token)
        page = codes_page(session, added.recovery_codes, onward=onward)
        return sign_in_browser(page, signed_in)
    if ahead.return_to != HOME:
        onward = continue_url(session, onward)
    return sign_in_browser(redirect_to(onward), signed_in)


def _kind() -> dict[str, str]:
    """Return how the address says that a security key is wanted, for a second step."""
    return {"second_step": "1"} if request.values.get("second_step") else {}


def _usual_name() -> str:
    """Return what a key is called that was given no name."""
    name: str = gettext("Security key") if _kind() else gettext("Passkey")
    return name


def _new_page(
    live: LiveSession, ahead: Continuation, *, refused: str | None = None
) -> Response:
    """Render the page that makes a passkey."""
    at_home = ahead.return_to == HOME
    return account_page(
        "account/new_passkey.html",
        live,
        form=PasskeyForm(formdata=None),
        form_continue=ahead.form_continue,
        second_step=bool(_kind()),
        back_url=PATH if at_home else ahead.url(Stage.ENROLMENT.value),
        refused=refused,
    )
