"""Where a mailed link leads: what it asks, what came of it, or that it is over."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response

from idp.accounts.password.reset import offer_reset
from idp.accounts.sign_in.by_mail.pressed_again import find_pressed, keep_pressed
from idp.pages.forms import ConfirmForm
from idp.web.browser import session as web_session
from idp.web.browser.cookies import browser_digests
from idp.web.pages import page
from idp.web.redirects import redirect_to


def undone_response(
    token: str, *, user_id: str, since: datetime, done: str
) -> Response:
    """Answer a change that was undone: whoever made it is out, also in this browser.

    That sets a new password, where it may; else ``done`` says how it stands. ``since``
    is when the change was made.
    """
    by = next(iter(browser_digests()), None)
    keep_pressed(token, user_id=user_id, by=by, since=since.isoformat())
    return _after_undo(user_id, since=since, done=done)


def undone_again(token: str, *, done: str) -> Response | None:
    """Answer the browser that has just undone it once more; None for others."""
    pressed = find_pressed(token, by=browser_digests())
    if pressed is None:
        return None
    since = datetime.fromisoformat(pressed.data["since"])
    return _after_undo(pressed.user_id, since=since, done=done)


def mailed_link_page(
    template: str, found: object | None, *, token: str, **context: Any
) -> Response:
    """Render the question about what a link is for, or say that it is over.

    Looking changes nothing: the form carries the token to a POST.
    """
    return page(
        template,
        status=HTTPStatus.OK if found else HTTPStatus.BAD_REQUEST,
        state="ready" if found else "ended",
        form=ConfirmForm(),
        found=found,
        token=token,
        **context,
    )


def _after_undo(user_id: str, *, since: datetime, done: str) -> Response:
    """Sign this browser out, and lead on."""
    onward = redirect_to(offer_reset(user_id, mailed_at=since) or done)
    return web_session.sign_out_user(onward, user_id)
