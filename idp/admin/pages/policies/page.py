"""/admin/policies: what is decided about sign-up, sign-in, sessions; for whom."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission, Role
from idp.accounts.errors import InvalidInput
from idp.accounts.policies.effective import INSTANCE
from idp.accounts.policies.keys import OF_ORGANIZATION, Scope
from idp.accounts.policies.rows import Place
from idp.admin.lists import asked_text
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.admin.pages.policies.places import KIND_WORDS, PlaceForm
from idp.administration.policies import (
    NoSuchScope,
    PolicyState,
    SetElsewhere,
    change_policies,
    decided_places,
    hold_policies,
    list_policies,
    place_of,
    versions_of,
)
from idp.oauth.clients.cache import find_client
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.http.preconditions import version_of
from idp.web.policies.choices import choices_in
from idp.web.policies.forms import form_of, present_values, typed_values
from idp.web.policies.shown import shown_policy, value_in_words
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("policies", __name__, url_prefix="/admin/policies")
access.protect(bp, read=Permission.SETTINGS_READ, write=Permission.SETTINGS_WRITE)


@bp.get("")
def show_policies() -> Response:
    """Show what is decided in one place, and where else something is."""
    place = _asked_place()
    if place is None:
        return _policy_page(INSTANCE, list_policies(INSTANCE), unknown=True)
    return _policy_page(place, list_policies(place))


@bp.post("")
def submit_policies() -> Response:
    """Decide all that a form holds, unless it shows an older state."""
    place = _asked_place()
    if place is None:
        raise NoSuchScope
    held = hold_policies(place)
    form = _form_of(place, held)()
    if form.version.data != version_of(versions_of(held)):
        undo()
        return _policy_page(place, list_policies(place), overtaken=True)
    values, mistakes = typed_values(form, held)
    if not form.validate() or mistakes:
        undo()
        show_errors(form, mistakes)
        return _policy_page(place, held, form=form)
    try:
        change_policies(place, values, held=held, by=get_session().user_id)
    except (InvalidInput, SetElsewhere) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _policy_page(place, held, form=form)
    return redirect_to(_url_of(place, saved=1))


def _asked_place() -> Place | None:
    """Return the place that the address names; None where there is none."""
    scope = request.args.get("scope", Scope.INSTANCE.value)
    scope_id = asked_text("scope_id")
    try:
        return place_of(scope, scope_id)
    except NoSuchScope:
        return None


def _policy_page(
    place: Place,
    states: list[PolicyState],
    *,
    form: PageForm | None = None,
    unknown: bool = False,
    overtaken: bool = False,
) -> Response:
    """Render the form of a place, and the list of others."""
    kind, version = _form_of(place, states), version_of(versions_of(states))
    present = present_values(states)
    if form is None:
        fresh = kind(formdata=None, data=present) if overtaken else None
        form = fresh or open_form(kind, **present)
    form.version.data = version
    finder = PlaceForm()
    return admin_page(
        "admin/policies/policies.html",
        form=form,
        here=_url_of(place),
        title=_title_of(place),
        kind=KIND_WORDS.get(place[0]),
        of_instance=place == INSTANCE,
        of_organization=place[0] in OF_ORGANIZATION,
        items=[shown_policy(state) for state in states],
        places=[_listed(other) for other in decided_places()],
        finder=finder,
        roles=", ".join(Role),
        unknown=unknown,
        overtaken=overtaken,
        saved="saved" in request.args,
    )


def _form_of(place: Place, states: list[PolicyState]) -> type[PageForm]:
    """Return the form of a place, with what policies may name there."""
    scope, scope_id = place
    if scope not in OF_ORGANIZATION:
        return form_of(states, {})
    return form_of(states, choices_in(scope_id, states, user_id=None))


def _listed(place: Place) -> dict[str, Any]:
    """Return one line about a place where something is decided."""
    decided = [state for state in list_policies(place) if state.row]
    return {
        "url": _url_of(place),
        "title": _title_of(place),
        "kind": str(KIND_WORDS[place[0]]),
        "decided": [
            {
                "title": gettext(state.key.title),
                "value": value_in_words(state, state.value),
            }
            for state in decided
        ],
    }


def _title_of(place: Place) -> str:
    """Return what a place is called."""
    scope, scope_id = place
    client = find_client(scope_id) if scope is Scope.CLIENT else None
    return client.client_name if client else scope_id


def _url_of(place: Place, **query: Any) -> str:
    """Return the address of a place."""
    scope, scope_id = place
    if place != INSTANCE:
        query |= {"scope": scope.value, "scope_id": scope_id}
    return url_for(".show_policies", **query)
