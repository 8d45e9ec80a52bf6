"""What is refused about providers."""

from http import HTTPStatus

from idp.core.errors import IdpError


class InvalidProvider(IdpError):
    """What no provider can be made of; ``errors`` has each mistake."""

    code = "invalid_provider"
    status = HTTPStatus.BAD_REQUEST
    title = "The provider cannot be set up like this."


class ProviderIdTaken(InvalidProvider):
    """An id that another provider has."""

    code = "provider_id_taken"
    status = HTTPStatus.CONFLICT
    title = "Another provider has this id."


class ProviderInUse(IdpError):
    """Another provider in place of one that people are linked to."""

    code = "provider_in_use"
    status = HTTPStatus.CONFLICT
    title = "People are linked to this provider: it cannot become another one."


class UnknownProvider(IdpError):
    """No provider has this id."""

    code = "unknown_provider"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such provider."


class TooManyProviders(IdpError):
    """An organization has as many providers as one may."""

    code = "too_many_providers"
    status = HTTPStatus.CONFLICT
    title = "The organization has as many providers as it can have."
