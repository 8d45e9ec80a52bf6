"""Refusals about linked accounts."""

from http import HTTPStatus

from idp.core.errors import IdpError


class LinkedElsewhere(IdpError):
    """An identity that opens an account already."""

    code = "linked_elsewhere"
    status = HTTPStatus.CONFLICT
    title = "That account is linked to another account here."


class AnotherLinked(IdpError):
    """A second identity of one provider: an account has one of each."""

    code = "another_linked"
    status = HTTPStatus.CONFLICT
    title = "Another account of that provider is linked to yours. Unlink it first."


class NoSuchLink(IdpError):
    """A provider that opens nothing of this account."""

    code = "no_such_link"
    status = HTTPStatus.NOT_FOUND
    title = "That provider is not linked to your account."
