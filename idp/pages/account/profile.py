"""/account/profile: what a person says about themselves."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.factors.passkeys import signals
from idp.accounts.models import User
from idp.accounts.profile.changes import merge_profile, profile_of
from idp.accounts.profile.fields import TEXT_FIELDS
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
    check,
)
from idp.accounts.users import get_user
from idp.core.errors import FieldError, IdpError
from idp.pages.account.navigation import account_page
from idp.pages.account.profile_form import ADDRESS_FIELDS, ProfileForm
from idp.pages.forms import show_errors
from idp.web.browser.reauth_form import confirm_first, reauth_form_values
from idp.web.browser.session import get_session, login_required
from idp.web.callers.requester import this_requester
from idp.web.i18n import languages_by_name
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("profile", __name__)

PATH = "/account/profile"


@bp.get("/account/profile")
@login_required
def show_profile() -> Response:
    """Show the form with what is there."""
    live = get_session()
    held = reauth_form_values(live)
    form = ProfileForm(data=_stored(get_user(live.user_id)) | held)
    return _profile_page(form, saved="saved" in request.args)


@bp.post("/account/profile")
@login_required
def submit_profile() -> Response:
    """Store the fields; all mistakes are shown at once."""
    live, form = get_session(), ProfileForm()
    user = get_user(live.user_id)
    if not form.validate():
        return _profile_page(form)
    try:
        merge_profile(user, _typed(form, user), prove=lambda: _prove(user, live))
    except ReauthenticationRequired:
        return confirm_first(live, PATH, **_changes(form, user))
    except (InvalidInput, UsernameTaken) as refusal:
        undo()
        show_errors(form, _by_form_field(refusal))
        return _profile_page(form)
    return redirect_to("/account/profile?saved=1")


def _stored(user: User) -> dict[str, Any]:
    """Return what is there, under the names of the form."""
    profile = profile_of(user)
    return profile | (profile["address"] or {})


def _typed(form: ProfileForm, user: User) -> dict[str, Any]:
    """Return the form as the rule takes it; parts of an address it lacks are kept.

    An emptied username is one that its owner goes without.
    """
    values: dict[str, Any] = {name: form[name].data for name in TEXT_FIELDS}
    values["username"] = values["username"] or None
    parts = {name: form[name].data for name in ADDRESS_FIELDS}
    return values | {"address": (user.address or {}) | parts}


def _changes(form: ProfileForm, user: User) -> dict[str, str]:
    """Return what was typed otherwise than it is stored, for the way back here."""
    stored = _stored(user)
    typed = {name: form[name].data or "" for name in (*TEXT_FIELDS, *ADDRESS_FIELDS)}
    return {name: t for name, t in typed.items() if t != (stored.get(name) or "")}


def _prove(user: User, live: LiveSession) -> None:
    """Raise ReauthenticationRequired without a proof of the last minutes."""
    check(user, ReauthCredential.of(live), requester=this_requester())


def _by_form_field(refusal: IdpError) -> Iterator[FieldError]:
    """Yield what was refused under the names of the form: it is flat."""
    for error in refusal.errors:
        yield replace(error, field=error.field.removeprefix("address."))


def _profile_page(form: ProfileForm, *, saved: bool = False) -> Response:
    """Render the form."""
    live = get_session()
    return account_page(
        "account/profile.html",
        live,
        form=form,
        saved=saved,
        signals=[signals.of_user(live)],
        languages=languages_by_name(),
    )
