"""/terms: accept what is in force, or sign out."""

from flask import Blueprint, Response

from idp.accounts.sign_in.stages import Stage
from idp.accounts.terms.acceptance import accept, due_of, list_acceptances
from idp.core.randomness import digest
from idp.oauth.logout.request import LogoutRequest
from idp.pages.continuation import Continuation, read_continuation
from idp.pages.terms_field import TermsForm
from idp.web.authorization.sign_out_response import sign_out_of_accounts
from idp.web.browser.cookies import browser_token
from idp.web.browser.session import current_session, get_session, login_required
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to

PATH = Stage.TERMS.value
DECLINED = f"{PATH}/declined"

bp = Blueprint("terms", __name__)


@bp.get(PATH)
@login_required
def show_terms() -> Response:
    """Show what is to be accepted; without anything go on."""
    ahead = read_continuation()
    if not due_of(get_session().user_id):
        return redirect_to(ahead.return_to)
    return _terms_page(TermsForm(formdata=None), ahead)


@bp.post(PATH)
@login_required
def submit_terms() -> Response:
    """Accept the versions that the page showed, and go on."""
    ahead, form = read_continuation(), TermsForm()
    live = get_session()
    if due_of(live.user_id):
        if not form.validate():
            return _terms_page(form, ahead)
        accept(live.user_id)
    return redirect_to(ahead.renewed_path(browser=digest(browser_token())))


@bp.post(f"{PATH}/decline")
def submit_refusal() -> Response:
    """Sign out who does not accept; the account stays as it is."""
    ahead, live = read_continuation(), current_session()
    declined = ahead.url(DECLINED)
    if live is None:
        return redirect_to(declined)
    return sign_out_of_accounts([live], LogoutRequest(), onward=declined)


@bp.get(DECLINED)
def show_declined() -> Response:
    """Say that nothing was lost, and how to come back."""
    ahead = read_continuation()
    return interaction_page(
        "sign_in/terms_declined.html",
        client_name=ahead.client_name,
        login_url=ahead.url("/login"),
    )


def _terms_page(form: TermsForm, ahead: Continuation) -> Response:
    """Render the documents, each with when its last version was accepted."""
    live = get_session()
    earlier = {each.document: each for each in reversed(list_acceptances(live.user_id))}
    documents = [
        {
            "name": str(each.name),
            "url": each.url,
            "accepted_at": earlier[each.name].accepted_at
            if each.name in earlier
            else None,
        }
        for each in due_of(live.user_id)
    ]
    return interaction_page(
        "sign_in/terms.html",
        form=form,
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        account_label=live.email,
        documents=documents,
        changed=any(each["accepted_at"] for each in documents),
    )
