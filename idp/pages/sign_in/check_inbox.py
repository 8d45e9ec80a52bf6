"""The page that says a message is on its way; shared by sign-up and confirmation."""

from flask import Response

from idp.accounts.email.verification import address_to_verify
from idp.accounts.mail_limits import verification_mail_act
from idp.accounts.sessions.find import LiveSession
from idp.pages.continuation import Continuation
from idp.pages.forms import CodeForm, EmailForm
from idp.web.callers.challenge import page_challenge
from idp.web.pages import interaction_page

PATH = "/email-verification"


def check_inbox_page(
    ahead: Continuation,
    *,
    address: str,
    form: CodeForm | None = None,
    resent: bool = False,
    refused: str | None = None,
) -> Response:
    """Render the page for a browser that is not signed in.

    It says the same of every address; the address rides in the forms.
    """
    form = form or CodeForm(formdata=None, email=address)
    return interaction_page(
        "sign_in/email_verification_sent.html",
        address=address,
        state="neutral",
        form=form,
        refused=refused,
        challenge=page_challenge(verification_mail_act, address),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        resent=resent,
        change_form=None,
    )


def own_inbox_page(
    ahead: Continuation,
    live: LiveSession,
    *,
    form: CodeForm | None = None,
    change_form: EmailForm | None = None,
    resent: bool = False,
) -> Response:
    """Render the page for somebody who is signed in and may change the address."""
    pending = address_to_verify(live.user_id)
    return interaction_page(
        "sign_in/email_verification_sent.html",
        address=pending or live.email,
        state="sent" if pending else "expired",
        form=form or CodeForm(formdata=None),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        resent=resent,
        change_form=change_form or EmailForm(formdata=None),
        here=ahead.url(PATH),
    )
