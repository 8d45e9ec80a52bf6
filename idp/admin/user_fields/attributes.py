"""/admin/attributes: fields of all users, beyond the profile."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext, lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.profile.attributes.definitions import (
    AttributeType,
    Definition,
    Editor,
    InvalidAttribute,
)
from idp.accounts.profile.attributes.registry import (
    AttributeExists,
    change_attribute,
    create_attribute,
    delete_attribute,
    get_definition,
)
from idp.accounts.profile.attributes.search import search_attributes
from idp.accounts.profile.attributes.stored import count_values
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.client_forms import choices, codes, open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.admin.pages.groups.forms import open_form_of
from idp.admin.user_fields.forms import (
    EDITORS,
    TYPES,
    AttributeForm,
    DeletionForm,
    NewAttributeForm,
    attribute_in,
    attribute_values,
)
from idp.oauth.custom_scopes.uses import possible_scopes, scopes_opening
from idp.oauth.protocol.claims import BY_SCOPE
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.i18n import page_lang
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

F = TypeVar("F", bound=AttributeForm)
NO_SCOPE = (("", lazy_gettext("None")),)

bp = Blueprint("attributes", __name__, url_prefix="/admin/attributes")
access.protect(
    bp,
    read=Permission.SETTINGS_READ,
    write=Permission.SETTINGS_WRITE,
    forms=("show_new_attribute",),
)


@bp.get("")
def show_attributes() -> Response:
    """List the attributes by key."""
    text, query = asked_text("q"), asked_page()
    found = search_attributes(text, query)
    here, kept = url_for(".show_attributes"), {"q": text} if text else {}
    return admin_page(
        "admin/attributes/list.html",
        attributes=[
            {
                "url": url_for(".show_attribute", attribute_key=each.key),
                "key": each.key,
                "label": each.label_in(page_lang()),
                "type": TYPES[AttributeType(each.type)],
                "editable_by": EDITORS[Editor(each.editable_by)],
                "claim": each.claim,
            }
            for each in found.items
        ],
        text=text,
        deleted="deleted" in request.args,
        **page_urls(here, found, asked=query, filters=kept),
    )


@bp.get("/new")
def show_new_attribute() -> Response:
    """Ask what it is to be."""
    return _new_page(_with_scopes(open_form(NewAttributeForm)))


@bp.post("/new")
def submit_new_attribute() -> Response:
    """Define an attribute."""
    form = _with_scopes(NewAttributeForm())
    if not form.validate():
        return _new_page(form)
    wanted = attribute_in(form, Definition(form.key.data or "", form.type.data))
    try:
        create_attribute(wanted, by=get_session().user_id)
    except (InvalidAttribute, AttributeExists) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _new_page(form)
    return _back(wanted.key)


@bp.get("/named/<segment:attribute_key>")
def show_attribute(attribute_key: str) -> Response:
    """Show an attribute: what is said of it, who has a value, who is told."""
    return _attribute_page(get_definition(attribute_key))


@bp.post("/named/<segment:attribute_key>")
def submit_attribute(attribute_key: str) -> Response:
    """Do what a button of the page says.

    Both come here, so that a proof of identity in between leads back to the page.
    """
    present = get_definition(attribute_key)
    act = ACTS.get(request.form.get("act", ""))
    return act(present) if act else _attribute_page(present)


def _save(present: Definition) -> Response:
    """Say something else of an attribute."""
    form = _with_scopes(AttributeForm())
    if not form.validate():
        return _attribute_page(present, form=form)
    try:
        change_attribute(attribute_in(form, present), by=get_session().user_id)
    except (InvalidAttribute, AttributeExists) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _attribute_page(present, form=form)
    return _back(present.key)


def _delete(present: Definition) -> Response:
    """Delete an attribute after its key was typed."""
    form = DeletionForm()
    if form.confirmation.data != present.key:
        words = gettext("Type the key exactly as it stands above.")
        form.confirmation.errors = [words]
        return _attribute_page(present, deletion=form)
    delete_attribute(present.key, by=get_session().user_id)
    return redirect_to(url_for(".show_attributes", deleted=1))


ACTS: Mapping[str, Callable[[Definition], Response]] = {
    "save": _save,
    "delete": _delete,
}


def _back(attribute_key: str) -> Response:
    """Lead to the page of an attribute, which says that it is saved."""
    return redirect_to(url_for(".show_attribute", attribute_key=attribute_key, saved=1))


def _with_scopes(form: F) -> F:
    """Return a form with the scopes that there are to choose from."""
    form.scope.choices = [*choices(NO_SCOPE), *codes(possible_scopes())]
    return form


def _new_page(form: NewAttributeForm) -> Response:
    """Render the empty form, or one that was refused."""
    return admin_page("admin/attributes/new.html", form=form)


def _attribute_page(
    attribute: Definition,
    *,
    form: AttributeForm | None = None,
    deletion: DeletionForm | None = None,
) -> Response:
    """Render what is said of an attribute, and both forms."""
    values = attribute_values(attribute)
    opened_by = {
        name: url_for("scopes.show_scope", scope_name=name)
        if name not in BY_SCOPE
        else None
        for name in scopes_opening(attribute)
    }
    return admin_page(
        "admin/attributes/attribute.html",
        attribute=attribute,
        label=attribute.label_in(page_lang()),
        kind=TYPES[AttributeType(attribute.type)],
        form=form or _with_scopes(open_form_of("save", AttributeForm, **values)),
        deletion=deletion or open_form_of("delete", DeletionForm),
        holders=count_values(attribute.key),
        opened_by=opened_by,
        saved="saved" in request.args,
    )
