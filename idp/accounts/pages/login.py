"""/login: sign in, or confirm who one is."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from idp.accounts.pages.forms import LoginForm
from idp.accounts.pages.onward import (
    Onward,
    cookie_trouble,
    go_on,
    nothing_to_ask,
    read_onward,
    see_other,
)
from idp.accounts.settings import AccountsSettings
from idp.accounts.signin import Leaving, Refused, sign_in_with_password
from idp.accounts.web_session import current_session
from idp.core.context import current
from idp.core.db import db
from idp.web.pages import interaction_page

bp = Blueprint("login", __name__)


@bp.get("/login")
def ask() -> Response:
    """Show the form, or go on at once where there is nothing to ask."""
    ahead = read_onward()
    switching = "switch" in request.args
    on = nothing_to_ask(ahead)
    if on and not switching:
        return see_other(on)
    login = ahead.login_hint if switching else expected_login(ahead)
    return login_page(LoginForm(username=login), ahead)


@bp.post("/login")
def sign_in() -> Response:
    """Judge a password attempt."""
    ahead, form = read_onward(), LoginForm()
    if not form.validate():
        return login_page(form, ahead)
    outcome = sign_in_with_password(
        login=form.username.data,
        password=form.password.data,
        remember=form.remember.data,
        replaces=current_session(),
    )
    if isinstance(outcome, Refused):
        db.session.commit()
        words = gettext("The email or password isn’t right. Check both.")
        return login_page(form, ahead, refused=words)
    if isinstance(outcome, Leaving):
        db.session.commit()
        return see_other(outcome.undo_path)
    return go_on(outcome, ahead)


def login_page(
    form: LoginForm, ahead: Onward, *, refused: str | None = None
) -> Response:
    """Render the form; who is signed in confirms it or switches to another account."""
    live = current_session()
    confirming = live is not None and form.username.data == live.email
    closed = current(AccountsSettings).registration == "closed"
    return interaction_page(
        "accounts/login.html",
        form=form,
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused or cookie_trouble(),
        reauthenticate=ahead.reauthenticate and confirming,
        switch_url=ahead.url("/login", switch="1"),
        register_url=None if closed else ahead.url("/register"),
        forgot_url=None,
    )


def expected_login(ahead: Onward) -> str | None:
    """Return what the form begins with: whom the app expects, else who is signed in."""
    live = current_session()
    if live and ahead.login_hint in (None, live.email, live.username):
        return live.email
    return ahead.login_hint
