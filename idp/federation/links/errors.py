"""Refusals about linked accounts."""

from http import HTTPStatus

from idp.core.errors import IdpError


class LinkedElsewhere(IdpError):
    """An identity that opens an account already."""

    code = "linked_elsewhere"
    status = HTTPStatus.CONFLICT
    title = "That account is linked to another account here."


class NoSuchLink(IdpError):
    """A provider that opens nothing of this account."""

    code = "no_such_link"
    status = HTTPStatus.NOT_FOUND
    title = "That provider is not linked to your account."
