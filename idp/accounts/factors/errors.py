"""What is refused of second factors."""

from http import HTTPStatus

from idp.core.errors import IdpError


class EmailNotVerified(IdpError):
    """A factor for an account whose address nobody has proven."""

    code = "email_not_verified"
    status = HTTPStatus.FORBIDDEN
    title = "Confirm your email address first."


class SecondFactorSetupRequired(IdpError):
    """A user whom a policy asks for a second factor, and who has none."""

    code = "second_factor_setup_required"
    status = HTTPStatus.FORBIDDEN
    title = "Set up two-step sign-in first."


class NoSuchFactor(IdpError):
    """A factor to remove, or to make codes for, that the user does not have."""

    code = "factor_not_found"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such second factor."
