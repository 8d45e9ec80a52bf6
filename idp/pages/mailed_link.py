"""Where a mailed link leads: what it asks, or that it is over."""

from http import HTTPStatus
from typing import Any

from flask import Response

from idp.pages.forms import ConfirmForm
from idp.web.pages import page


def mailed_link_page(
    template: str, found: object | None, *, token: str, **context: Any
) -> Response:
    """Render the question about what a link is for, or say that it is over.

    Looking changes nothing: the form carries the token to a POST.
    """
    return page(
        template,
        status=HTTPStatus.OK if found else HTTPStatus.BAD_REQUEST,
        state="ready" if found else "ended",
        form=ConfirmForm(),
        found=found,
        token=token,
        **context,
    )
