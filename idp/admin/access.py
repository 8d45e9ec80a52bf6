"""Who may do what here: a role to look, and a fresh proof of identity to change."""

from collections.abc import Callable
from http import HTTPStatus
from typing import cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from idp.accounts.pages.held_values import confirm_first
from idp.accounts.reauthentication import is_fresh
from idp.accounts.web_session import get_session, login_required
from idp.core.db import db
from idp.core.errors import IdpError
from idp.security import audit
from idp.security.csrf import FIELD

ADMIN = "admin"
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class AdminsOnly(IdpError):
    """A page of the administration, asked for without the role."""

    code = "admins_only"
    status = HTTPStatus.FORBIDDEN
    title = "This page is for administrators."


def protect(blueprint: Blueprint) -> None:
    """Let admins alone reach a blueprint; changes want a proof of the last minutes."""
    # What a view may not do, a hook may: None lets the request go on.
    hook = cast("Callable[[], ResponseReturnValue]", require_role)
    blueprint.before_request(login_required(hook))
    blueprint.before_request(require_proof)


def require_role() -> None:
    """Refuse who is signed in without the role."""
    live = get_session()
    if ADMIN in live.roles:
        return
    audit.record(
        "admin.action", outcome="refused", user_id=live.user_id, path=request.path
    )
    db.session.commit()
    raise AdminsOnly


def require_proof() -> ResponseReturnValue | None:
    """Send who has not proven lately who they are to do so; the form comes back."""
    live = get_session()
    if request.method in READS or is_fresh(live.auth_time):
        return None
    typed = {name: value for name, value in request.form.items() if name != FIELD}
    return confirm_first(live, request.full_path, **typed)
