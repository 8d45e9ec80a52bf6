"""/admin/scopes: scope values about users that operators define."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.profile.attributes.registry import read_definitions
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.admin.pages.groups.forms import open_form_of
from idp.admin.user_fields.forms import (
    DeletionForm,
    NewScopeForm,
    ScopeForm,
    scope_in,
    scope_values,
)
from idp.oauth.apis.view import words_in
from idp.oauth.custom_scopes.registry import (
    InvalidScope,
    ScopeDeclaration,
    ScopeExists,
    ScopeInUse,
    change_scope,
    create_scope,
    delete_scope,
    get_scope,
    search_scopes,
)
from idp.oauth.custom_scopes.uses import attributes_of_scope, clients_of_scope
from idp.oauth.protocol.claims import USER_CLAIMS
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.i18n import page_lang
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("scopes", __name__, url_prefix="/admin/scopes")
access.protect(
    bp,
    read=Permission.APIS_READ,
    write=Permission.APIS_WRITE,
    forms=("show_new_scope",),
)


@bp.get("")
def show_scopes() -> Response:
    """List the scopes by name."""
    text, query = asked_text("q"), asked_page()
    found = search_scopes(text, query)
    here, kept = url_for(".show_scopes"), {"q": text} if text else {}
    return admin_page(
        "admin/scopes/list.html",
        scopes=[
            {
                "url": url_for(".show_scope", scope_name=each.name),
                "name": each.name,
                "described": words_in(each.description, language=page_lang()),
                "claims": each.claims,
            }
            for each in found.items
        ],
        text=text,
        deleted="deleted" in request.args,
        **page_urls(here, found, asked=query, filters=kept),
    )


@bp.get("/new")
def show_new_scope() -> Response:
    """Ask what it is to be."""
    return _new_page(open_form(NewScopeForm))


@bp.post("/new")
def submit_new_scope() -> Response:
    """Define a scope."""
    form = NewScopeForm()
    if not form.validate():
        return _new_page(form)
    wanted = scope_in(form, form.name.data or "")
    try:
        create_scope(wanted, by=get_session().user_id)
    except (InvalidScope, ScopeExists) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _new_page(form)
    return _back(wanted.name)


@bp.get("/named/<segment:scope_name>")
def show_scope(scope_name: str) -> Response:
    """Show a scope: what is said of it, and which apps registered it."""
    return _scope_page(get_scope(scope_name))


@bp.post("/named/<segment:scope_name>")
def submit_scope(scope_name: str) -> Response:
    """Do what a button of the page says.

    Both come here, so that a proof of identity in between leads back to the page.
    """
    present = get_scope(scope_name)
    act = ACTS.get(request.form.get("act", ""))
    return act(present) if act else _scope_page(present)


def _save(present: ScopeDeclaration) -> Response:
    """Say something else of a scope."""
    form = ScopeForm()
    if not form.validate():
        return _scope_page(present, form=form)
    try:
        change_scope(scope_in(form, present.name), by=get_session().user_id)
    except InvalidScope as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _scope_page(present, form=form)
    return _back(present.name)


def _delete(present: ScopeDeclaration) -> Response:
    """Delete a scope after its name was typed."""
    form = DeletionForm()
    if form.confirmation.data != present.name:
        words = gettext("Type the name exactly as it stands above.")
        form.confirmation.errors = [words]
        return _scope_page(present, deletion=form)
    try:
        delete_scope(present.name, by=get_session().user_id)
    except ScopeInUse:  # by an attribute that was defined just now: the page names it
        undo()
        return _scope_page(present)
    return redirect_to(url_for(".show_scopes", deleted=1))


ACTS: Mapping[str, Callable[[ScopeDeclaration], Response]] = {
    "save": _save,
    "delete": _delete,
}


def _back(scope_name: str) -> Response:
    """Lead to the page of a scope, which says that it is saved."""
    return redirect_to(url_for(".show_scope", scope_name=scope_name, saved=1))


def _new_page(form: NewScopeForm) -> Response:
    """Render the empty form, or one that was refused."""
    return admin_page("admin/scopes/new.html", form=form, **_boxes(form))


def _scope_page(
    scope: ScopeDeclaration,
    *,
    form: ScopeForm | None = None,
    deletion: DeletionForm | None = None,
) -> Response:
    """Render what is said of a scope, and both forms."""
    form = form or open_form_of("save", ScopeForm, **scope_values(scope))
    return admin_page(
        "admin/scopes/scope.html",
        scope=scope,
        described=words_in(scope.description, language=page_lang()),
        form=form,
        deletion=deletion or open_form_of("delete", DeletionForm),
        clients=clients_of_scope(scope.name),
        attributes={
            key: url_for("attributes.show_attribute", attribute_key=key)
            for key in attributes_of_scope(scope.name)
        },
        saved="saved" in request.args,
        **_boxes(form),
    )


def _boxes(form: ScopeForm) -> dict[str, Any]:
    """Return the claims that there are, of attributes and of profiles, with the chosen.

    One that is chosen and that no attribute has any more can be taken away.
    """
    chosen = form.claims.data or ()
    labels = {
        one.claim: one.label_in(page_lang())
        for one in read_definitions().values()
        if one.claim
    }
    gone = dict.fromkeys(each for each in chosen if each not in {*labels, *USER_CLAIMS})
    of_attributes = {**labels, **dict.fromkeys(gone, gettext("no attribute any more"))}
    return {
        "attribute_claims": [
            {"name": name, "words": words, "chosen": name in chosen}
            for name, words in of_attributes.items()
        ],
        "profile_claims": [
            {"name": name, "chosen": name in chosen} for name in USER_CLAIMS
        ],
    }
