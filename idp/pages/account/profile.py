"""/account/profile: what a person says about themselves, and their picture."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext
from wtforms import BooleanField, FileField

from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.factors.passkeys import signals
from idp.accounts.fields.effective import rules_at
from idp.accounts.models import User
from idp.accounts.policies.effective import in_organization, places_of
from idp.accounts.profile.attributes.definitions import Editor
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.written import attributes_of
from idp.accounts.profile.changes import merge_profile, profile_of
from idp.accounts.profile.fields import FIELDS
from idp.accounts.profile.pictures import remove_picture, set_picture
from idp.accounts.profile.rules import FieldRules
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
    check,
)
from idp.accounts.users import get_user
from idp.core.pictures.addresses import own_picture_path
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES, PictureRefused
from idp.pages.account.navigation import account_page
from idp.pages.forms import show_errors
from idp.pages.told_fields import controls_in, form_asking
from idp.web.browser.reauth_form import confirm_first, reauth_form_values
from idp.web.browser.session import get_session, login_required
from idp.web.callers.requester import this_requester
from idp.web.forms import PageForm
from idp.web.http.uploads import takes_files
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.user_fields.controls import shown_values, told_in
from idp.web.user_fields.words import attributes_in_words

bp = Blueprint("profile", __name__)

PATH = "/account/profile"


class ProfileForm(PageForm):
    """What is told on POST /account/profile."""


class PictureForm(PageForm):
    """What is sent on POST /account/profile/picture."""

    picture = FileField(lazy_gettext("New picture"), id="new-picture")
    remove = BooleanField()


@bp.get("/account/profile")
@login_required
def show_profile() -> Response:
    """Show the form with what is there."""
    live = get_session()
    user, held = get_user(live.user_id), reauth_form_values(live)
    form = _form(user, data=_stored(user) | held)
    return _profile_page(form, user, saved="saved" in request.args)


@bp.post("/account/profile")
@login_required
def submit_profile() -> Response:
    """Store the fields; all mistakes are shown at once."""
    live = get_session()
    user = get_user(live.user_id)
    form = _form(user)
    if not form.validate():
        return _profile_page(form, user)
    try:
        merge_profile(
            user,
            _typed(form, user),
            prove=lambda: _prove(user, live),
            rules=_rules_of(user),
        )
    except ReauthenticationRequired:
        return confirm_first(live, PATH, **_changes(form, user))
    except (InvalidInput, UsernameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _profile_page(form, get_user(live.user_id))
    return redirect_to("/account/profile?saved=1")


@bp.post("/account/profile/picture")
@login_required
@takes_files(MAX_UPLOAD_BYTES)
def submit_picture() -> Response:
    """Keep the picture that was sent, or take the one there is away."""
    user_id = get_session().user_id
    user, form = get_user(user_id), PictureForm()
    sent = request.files.get("picture")
    try:
        if form.remove.data:
            remove_picture(user, rules=_rules_of(user))
        else:
            set_picture(user, sent.read() if sent else b"", rules=_rules_of(user))
    except (InvalidInput, PictureRefused) as refusal:
        undo()
        user = get_user(user_id)
        show_errors(form, refusal.errors)
        stored = _form(user, formdata=None, data=_stored(user))
        return _profile_page(stored, user, picture_form=form)
    return redirect_to("/account/profile?saved=1")


def _rules_of(user: User) -> FieldRules:
    """Return what is asked of a user here."""
    entered = get_session().organization_id
    return rules_at(in_organization(places_of(user.roles), entered))


def _own_attributes(user: User) -> list[str]:
    """Return the attributes that a user writes."""
    hidden = _rules_of(user).hidden
    return [
        key
        for key, one in definitions().items()
        if one.editable_by == Editor.USER and key not in hidden
    ]


def _form(user: User, **values: Any) -> ProfileForm:
    """Return the form, which has all there is to tell."""
    rules = _rules_of(user)
    stored = {"locale": user.locale, **attributes_of(user)}
    hidden = rules.hidden | ({"picture"} if _own_picture(user) else set())
    shown = [name for name in FIELDS if name not in hidden]
    asked, needed = [*shown, *_own_attributes(user)], rules.required
    return form_asking(ProfileForm, asked, needed=needed, stored=stored, **values)


def _own_picture(user: User) -> str | None:
    """Return the path of a picture that is kept here: its address is not typed."""
    return own_picture_path(user.picture)


def _stored(user: User) -> dict[str, Any]:
    """Return what is there, under the names of the form."""
    return shown_values(profile_of(user), attributes_of(user))


def _typed(form: PageForm, user: User) -> dict[str, Any]:
    """Return the form as the rule takes it; parts of an address it lacks are kept.

    An emptied username is one that its owner goes without.
    """
    values, attributes = told_in(form)
    if "username" in values:
        values["username"] = values["username"] or None
    if "address" in values:
        values["address"] = (user.address or {}) | values["address"]
    return values | {"attributes": attributes}


def _changes(form: PageForm, user: User) -> dict[str, str]:
    """Return what was typed otherwise than it is stored, for the way back here."""
    stored, asked = _stored(user), (*FIELDS, *_own_attributes(user))
    typed = {name: form[name].data or "" for name in controls_in(form, asked)}
    return {name: t for name, t in typed.items() if t != (stored.get(name) or "")}


def _prove(user: User, live: LiveSession) -> None:
    """Raise ReauthenticationRequired without a proof of the last minutes."""
    check(user, ReauthCredential.of(live), requester=this_requester())


def _profile_page(
    form: PageForm,
    user: User,
    *,
    picture_form: PictureForm | None = None,
    saved: bool = False,
) -> Response:
    """Render the form, and what only operators change of what is said of a user."""
    live, rules, own = get_session(), _rules_of(user), _own_attributes(user)
    return account_page(
        "account/profile.html",
        live,
        form=form,
        picture_form=picture_form or PictureForm(formdata=None),
        picture=user.picture,
        may_have_picture="picture" not in rules.hidden,
        may_remove="picture" not in rules.required,
        attributes=controls_in(form, own),
        fixed=attributes_in_words(user, but={*own, *rules.hidden}),
        needed=bool(rules.required),
        saved=saved,
        signals=[signals.of_user(live)],
    )
