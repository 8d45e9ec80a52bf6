"""/account/second-factor: set one up, on the way to what waits for that."""

from flask import Blueprint, Response

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import of_two_factors
from idp.accounts.sign_in.stage_policies import enrolment_deadline, must_enrol
from idp.accounts.sign_in.stages import Due, Stage, next_stage
from idp.pages.continuation import Continuation, read_continuation
from idp.pages.forms import ConfirmForm
from idp.web.browser.session import get_session, login_required
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to

bp = Blueprint("enrolment", __name__)


@bp.get(Stage.ENROLMENT.value)
@login_required
def show_enrolment() -> Response:
    """Offer the factors; who need not have one now can go on without."""
    live, ahead = get_session(), read_continuation()
    due = must_enrol(live) or _is_waited_for(live, ahead)
    if not due and of_two_factors(live.proven):
        return redirect_to(ahead.return_to)
    return interaction_page(
        "sign_in/enrolment.html",
        form=ConfirmForm(formdata=None),
        client_name=ahead.client_name,
        form_continue=ahead.form_continue,
        account_label=live.email,
        due=due,
        deadline=enrolment_deadline(live),
        passkey_url=ahead.url("/account/passkeys/new", **ahead.copy_to_send),
        later_url=ahead.return_to,
    )


def _is_waited_for(live: LiveSession, ahead: Continuation) -> bool:
    """Tell whether an app or a device waits for it, which may ask for more."""
    due = next_stage(live, live.proven, policy=ahead.stage_policy(live))
    return isinstance(due, Due) and due.stage is Stage.ENROLMENT
