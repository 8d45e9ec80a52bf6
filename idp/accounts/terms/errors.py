"""Refusals of who has not accepted the terms."""

from http import HTTPStatus

from idp.core.errors import IdpError


class TermsRequired(IdpError):
    """A sign-up that does not accept the documents that are in force."""

    code = "terms_required"
    status = HTTPStatus.BAD_REQUEST
    title = "Accept the terms to create an account."


class TermsAcceptanceRequired(IdpError):
    """A user who has not accepted the version that is in force."""

    code = "terms_acceptance_required"
    status = HTTPStatus.FORBIDDEN
    title = "Accept the terms first."
