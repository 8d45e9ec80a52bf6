"""/register/provider: what a provider did not tell, and an account has to have."""

from flask import Blueprint, Response, request

from idp.accounts.errors import EmailTaken, InvalidInput, UsernameTaken
from idp.core.errors import RateLimited
from idp.federation.sign_in.outcomes import WaitsFor
from idp.federation.sign_in.registration import (
    OpenRegistration,
    ToldByUser,
    complete_registration,
    find_registration,
)
from idp.pages.forms import ProviderSignUpForm, show_errors
from idp.pages.providers.outcome import (
    continuation_of,
    goal_of,
    lost_page,
    outcome_response,
)
from idp.pages.sign_in.limited import limited, too_many
from idp.pages.told_fields import controls_in, form_asking
from idp.web.browser.cookies import browser_token, provider_token
from idp.web.browser.session import session_request
from idp.web.pages import interaction_page
from idp.web.unit_of_work import undo
from idp.web.user_fields.controls import shown_values, told_in

PATH = WaitsFor.FIELDS.value
bp = Blueprint("provider_registration", __name__)


@bp.get(PATH)
def show_missing_fields() -> Response:
    """Ask for what is missing, with what the provider told filled in."""
    token = request.args.get("identity", "")
    opened = _opened(token)
    if opened is None:
        return lost_page()
    return _page(_form(opened), opened, token=token)


@bp.post(PATH)
def submit_missing_fields() -> Response:
    """Make the account and sign its user in."""
    token = request.form.get("identity", "")
    opened = _opened(token)
    if opened is None:
        return lost_page()
    form = _form(opened)
    if not form.validate():
        return _page(form, opened, token=token)
    try:
        outcome = complete_registration(
            opened,
            ToldByUser(form.email.data, *told_in(form), accepted=form.accepted),
            registration=browser_token(),
            request=session_request(),
            goal_of=goal_of,
        )
    except RateLimited as refusal:
        undo()
        seconds = refusal.retry_after_seconds
        page = _page(form, opened, token=token, refused=too_many(seconds))
        return limited(page, retry_after_seconds=seconds)
    except (InvalidInput, EmailTaken, UsernameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        taken = isinstance(refusal, EmailTaken)
        return _page(form, opened, token=token, email_taken=taken)
    return outcome_response(outcome)


def _opened(token: str) -> OpenRegistration | None:
    """Return the sign-up that waits in this browser."""
    return find_registration(token, browser=provider_token(), goal_of=goal_of)


def _form(opened: OpenRegistration) -> ProviderSignUpForm:
    """Return the form: an address that the provider has told is not changed here."""
    known, rules = opened.known, opened.rules
    form = form_asking(
        ProviderSignUpForm,
        rules.at_sign_up,
        needed=rules.needed_on_pages,
        data=shown_values(known.said, known.attributes or {}) | {"email": known.email},
    )
    if known.email:
        form.email.data = known.email
    return form


def _page(
    form: ProviderSignUpForm,
    opened: OpenRegistration,
    *,
    token: str,
    email_taken: bool = False,
    refused: str | None = None,
) -> Response:
    """Render the form."""
    ahead = continuation_of(opened.held.ahead)
    return interaction_page(
        "sign_in/provider_registration.html",
        form=form,
        asked=controls_in(form, opened.rules.at_sign_up),
        token=token,
        provider_name=opened.provider.name,
        email_told=bool(opened.known.email),
        email_taken=email_taken,
        login_url=ahead.url("/login"),
        client_name=ahead.client_name,
        refused=refused,
    )
