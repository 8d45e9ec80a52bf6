"""Where nobody signs up by themselves: the page says what is possible instead."""

from http import HTTPStatus

from flask import Response

from idp.pages.continuation import Continuation
from idp.web.pages import interaction_page


def closed_page(ahead: Continuation, *, reason: str) -> Response:
    """Render the page, by the ``reason`` of a refusal of the whole sign-up."""
    return interaction_page(
        "sign_in/register_closed.html",
        status=HTTPStatus.FORBIDDEN,
        reason=reason,
        client_name=ahead.client_name,
        login_url=ahead.url("/login", **ahead.adding),
    )
