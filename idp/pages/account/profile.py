"""/account/profile: what a person says about themselves."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.models import User
from idp.accounts.profile.changes import merge_profile, profile_of
from idp.accounts.profile.fields import TEXT_FIELDS
from idp.accounts.users import get_user
from idp.core.errors import FieldError, IdpError
from idp.pages.account.navigation import account_page
from idp.pages.account.profile_form import ADDRESS_FIELDS, ProfileForm
from idp.pages.forms import show_errors
from idp.web.browser.session import get_session, login_required
from idp.web.i18n import languages_by_name
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("profile", __name__)


@bp.get("/account/profile")
@login_required
def show_profile() -> Response:
    """Show the form with what is there."""
    user = get_user(get_session().user_id)
    profile = profile_of(user)
    form = ProfileForm(data=profile | (profile["address"] or {}))
    return _profile_page(form, saved="saved" in request.args)


@bp.post("/account/profile")
@login_required
def submit_profile() -> Response:
    """Store the fields; all mistakes are shown at once."""
    form, user = ProfileForm(), get_user(get_session().user_id)
    if not form.validate():
        return _profile_page(form)
    try:
        merge_profile(user, _typed(form, user))
    except (InvalidInput, UsernameTaken) as refusal:
        undo()
        show_errors(form, _by_form_field(refusal))
        return _profile_page(form)
    return redirect_to("/account/profile?saved=1")


def _typed(form: ProfileForm, user: User) -> dict[str, Any]:
    """Return the form as the rule takes it; parts of an address it lacks are kept."""
    values: dict[str, Any] = {name: form[name].data for name in TEXT_FIELDS}
    parts = {name: form[name].data for name in ADDRESS_FIELDS}
    return values | {"address": (user.address or {}) | parts}


def _by_form_field(refusal: IdpError) -> Iterator[FieldError]:
    """Yield what was refused under the names of the form: it is flat."""
    for error in refusal.errors:
        yield replace(error, field=error.field.removeprefix("address."))


def _profile_page(form: ProfileForm, *, saved: bool = False) -> Response:
    """Render the form."""
    return account_page(
        "account/profile.html",
        get_session(),
        form=form,
        saved=saved,
        languages=languages_by_name(),
    )
