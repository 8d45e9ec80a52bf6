"""/language: the language and the theme of our pages, for anyone, signed in or not."""

from flask import Blueprint, Response, request
from wtforms import HiddenField

from idp.accounts.profile.changes import merge_profile
from idp.accounts.profile.rules import FieldRules
from idp.accounts.users import get_user
from idp.core.context import current
from idp.core.languages import Languages
from idp.web.browser.session import current_session
from idp.web.forms import PageForm
from idp.web.i18n import keep_language, languages_by_name
from idp.web.pages import PREFERENCES_PATH, interaction_page, keep_theme
from idp.web.redirects import local_path, redirect_to

bp = Blueprint("preferences", __name__)


class PreferencesForm(PageForm):
    """One button of the page: a language or a theme, and the page to go back to."""

    language = HiddenField()
    theme = HiddenField()
    return_to = HiddenField()


@bp.get(PREFERENCES_PATH)
def show_preferences() -> Response:
    """Show what there is to choose from."""
    current_session()  # knows the person's own language
    return interaction_page(
        "account/preferences.html",
        form=PreferencesForm(),
        languages=languages_by_name(),
        return_to=local_path(request.args.get("return_to"), default=""),
    )


@bp.post(PREFERENCES_PATH)
def submit_preferences() -> Response:
    """Keep a choice in this browser, a language in the account too; go back."""
    form = PreferencesForm()
    response = redirect_to(local_path(form.return_to.data, default=PREFERENCES_PATH))
    if form.language.data in languages_by_name():
        _set_own_language(form.language.data)
        keep_language(response, form.language.data)
    return keep_theme(response, form.theme.data)


def _set_own_language(tag: str) -> None:
    """Make a language the setting of who is signed in: it comes before the cookie.

    The region that apps are told of stays where the language is the same.
    """
    live = current_session()
    if live is None:
        return
    user = get_user(live.user_id)
    if current(Languages).find(user.locale) != tag:
        said, rules = {"locale": tag}, FieldRules()
        merge_profile(user, said, prove=lambda: None, rules=rules)  # nothing to prove
