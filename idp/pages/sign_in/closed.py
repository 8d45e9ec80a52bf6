"""Where nobody signs up by themselves: pages that say what is possible instead."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from idp.pages.continuation import Continuation, read_continuation
from idp.web.pages import interaction_page

AWAITS_APPROVAL = "/register/pending"
bp = Blueprint("registration_closed", __name__)


@bp.get(AWAITS_APPROVAL)
def show_pending() -> Response:
    """Say that an account is there, and that somebody has to let it in.

    It is shown to who has proven to be its owner, and tells nothing of whose it is.
    """
    ahead = read_continuation()
    return interaction_page(
        "sign_in/account_pending.html",
        client_name=ahead.client_name,
        login_url=ahead.url("/login"),
    )


def closed_page(ahead: Continuation, *, reason: str) -> Response:
    """Render the page, by the ``reason`` of a refusal of the whole sign-up."""
    return interaction_page(
        "sign_in/register_closed.html",
        status=HTTPStatus.FORBIDDEN,
        reason=reason,
        link_over="admit" in request.values,
        waitlist_url=ahead.url("/register/waitlist"),
        client_name=ahead.client_name,
        login_url=ahead.url("/login", **ahead.adding),
    )
