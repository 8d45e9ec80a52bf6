"""/admin/api-keys: what programs of operators call the API with."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import OWNERS_ALONE, Permission
from idp.accounts.errors import InvalidInput
from idp.admin.lists import asked_page, page_urls
from idp.admin.pages.api_keys.forms import NewKeyForm, box_of
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.administration.api_keys import (
    WantedKey,
    create_api_key,
    get_api_key,
    list_api_keys,
    revoke_api_key,
)
from idp.administration.models import ApiKey
from idp.core.clock import utcnow
from idp.web.browser.session import get_session
from idp.web.browser.shown_once import show_once, take_shown
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("api_keys", __name__, url_prefix="/admin/api-keys")
access.protect(bp, read=Permission.API_KEYS, write=Permission.API_KEYS)


@bp.get("")
def show_keys() -> Response:
    """List the keys, the newest first, and ask what another is to be."""
    return _keys_page(open_form(NewKeyForm))


@bp.post("")
def submit_keys() -> Response:
    """Make a key, and lead to where it is shown, this once."""
    form = NewKeyForm()
    if not form.validate():
        return _keys_page(form)
    wanted = WantedKey(
        name=form.name.data or "",
        permissions=[each for each in Permission if form[box_of(each)].data],
        expires_at=utcnow() + timedelta(days=int(form.days.data)),
        dangerous=form.dangerous.data,
    )
    try:
        made = create_api_key(wanted, held=access.held_here(), by=get_session().user_id)
    except InvalidInput as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _keys_page(form)
    return show_once(url_for(".show_made", key_id=made.row.id), text=made.text)


@bp.get("/<segment:key_id>/made")
def show_made(key_id: str) -> Response:
    """Show the key that was just made, for the only time."""
    shown = take_shown()
    if shown is None:
        return redirect_to(url_for(".show_keys"))
    key = get_api_key(key_id)
    return admin_page("admin/api_keys/made.html", key=key, text=shown["text"])


@bp.post("/<segment:key_id>/revoke")
def submit_revoke(key_id: str) -> Response:
    """End a key for good."""
    revoke_api_key(key_id, by=get_session().user_id)
    return redirect_to(url_for(".show_keys", revoked=1))


def _keys_page(form: NewKeyForm) -> Response:
    """Render the list and the form."""
    query = asked_page()
    page = list_api_keys(query)
    ordinary = sorted(set(Permission) - OWNERS_ALONE)
    return admin_page(
        "admin/api_keys/list.html",
        keys=[_shown(row) for row in page.items],
        form=form,
        boxes=[form[box_of(each)] for each in ordinary],
        dangerous_boxes=[form[box_of(each)] for each in sorted(OWNERS_ALONE)],
        revoked="revoked" in request.args,
        **page_urls(url_for(".show_keys"), page, asked=query),
    )


def _shown(row: ApiKey) -> dict[str, Any]:
    """Return what the list shows of a key."""
    return {
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "permissions": row.permissions,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "last_ip": row.last_ip,
        "by_operator": row.created_by is None,
        "revoked": row.revoked_at is not None,
        "expired": row.expires_at <= utcnow(),
    }
