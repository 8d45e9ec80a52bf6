"""/account/complete: tell what an account has to have, on the way to what waits."""

from collections.abc import Sequence

from flask import Blueprint, Response

from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.profile.changes import merge_profile
from idp.accounts.profile.rules import FieldRules
from idp.accounts.sign_in.stages import Stage
from idp.accounts.users import get_user
from idp.pages.continuation import Continuation, read_continuation
from idp.pages.forms import show_errors
from idp.pages.told_fields import controls_in, form_asking
from idp.web.browser.session import continue_url, get_session, login_required
from idp.web.forms import PageForm
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.user_fields.controls import told_in

bp = Blueprint("missing_fields", __name__)


class MissingFieldsForm(PageForm):
    """What is told on POST /account/complete."""


@bp.get(Stage.FIELDS.value)
@login_required
def show_lacking() -> Response:
    """Ask for what is missing; who has told all goes on."""
    live, ahead = get_session(), read_continuation()
    missing = ahead.stage_policy(live).missing()
    if not missing:
        return redirect_to(continue_url(live, ahead.return_to))
    return _page(_form(missing), ahead, missing=missing)


@bp.post(Stage.FIELDS.value)
@login_required
def submit_lacking() -> Response:
    """Store what was told, and lead on; all mistakes are shown at once."""
    live, ahead = get_session(), read_continuation()
    missing = ahead.stage_policy(live).missing()
    form = _form(missing)
    if not form.validate():
        return _page(form, ahead, missing=missing)
    fields, attributes = told_in(form)
    try:
        merge_profile(
            get_user(live.user_id),
            fields | {"attributes": attributes},
            prove=lambda: None,  # nothing goes that was there
            rules=FieldRules(required=tuple(missing)),
        )
    except (InvalidInput, UsernameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _page(form, ahead, missing=missing)
    return redirect_to(continue_url(live, ahead.return_to))


def _form(missing: Sequence[str]) -> MissingFieldsForm:
    """Return the form, which wants all of it."""
    return form_asking(MissingFieldsForm, missing, needed=missing)


def _page(form: PageForm, ahead: Continuation, *, missing: Sequence[str]) -> Response:
    """Render the form."""
    return interaction_page(
        "sign_in/missing_fields.html",
        form=form,
        asked=controls_in(form, missing),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        account_label=get_session().email,
    )
