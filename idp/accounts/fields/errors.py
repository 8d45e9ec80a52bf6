"""Refusal of who has not given what has to be given."""

from http import HTTPStatus

from idp.core.errors import IdpError


class ProfileIncomplete(IdpError):
    """A user who lacks fields that are required; ``errors`` name them."""

    code = "profile_incomplete"
    status = HTTPStatus.FORBIDDEN
    title = "Complete your profile first."
