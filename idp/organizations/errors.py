"""Refusals of organizations."""

from http import HTTPStatus

from idp.core.errors import IdpError


class InvalidOrganization(IdpError):
    """An organization that cannot be so; ``errors`` has each mistake."""

    code = "invalid_organization"
    status = HTTPStatus.BAD_REQUEST
    title = "The organization cannot be saved."


class UnknownOrganization(IdpError):
    """There is no such organization, or none that the caller may see."""

    code = "unknown_organization"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such organization."


class SlugTaken(IdpError):
    """Another organization has this slug."""

    code = "slug_taken"
    status = HTTPStatus.CONFLICT
    title = "Another organization has this short name."


class OrganizationsClosed(IdpError):
    """A user would make an organization where operators alone do."""

    code = "organizations_closed"
    status = HTTPStatus.FORBIDDEN
    title = "Only administrators can create organizations here."


class TooManyOrganizations(IdpError):
    """A user has made as many organizations as one may."""

    code = "too_many_organizations"
    status = HTTPStatus.CONFLICT
    title = "You have created as many organizations as one person can."


class PersonalOrganization(IdpError):
    """A change that a personal organization is not open to: it is one user's own."""

    code = "personal_organization"
    status = HTTPStatus.CONFLICT
    title = "A personal organization has one member and stays with their account."


class OrganizationInDeletion(IdpError):
    """A change of an organization that is to be deleted: undo that first."""

    code = "organization_in_deletion"
    status = HTTPStatus.CONFLICT
    title = "This organization is being deleted. Undo that first."


class OrganizationDisabled(IdpError):
    """Something in an organization that an operator has disabled."""

    code = "organization_disabled"
    status = HTTPStatus.FORBIDDEN
    title = "This organization is disabled."


class InsufficientRole(IdpError):
    """Something that the caller's role in the organization does not allow."""

    code = "insufficient_role"
    status = HTTPStatus.FORBIDDEN
    title = "Your role in this organization does not allow this."


class LastOwnerOfOrganization(IdpError):
    """A change after which nobody would own the organization."""

    code = "last_owner_of_organization"
    status = HTTPStatus.CONFLICT
    title = "This is the last owner of the organization. Make another one first."


class AppNotAllowed(IdpError):
    """An app that the organization's policies do not name, in its context."""

    code = "app_not_allowed"
    status = HTTPStatus.FORBIDDEN
    title = "This organization does not allow this app."


class NotAMember(IdpError):
    """A user who does not belong to the organization."""

    code = "not_a_member"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such member."


class UnknownOrganizationRole(IdpError):
    """There is no such role in the organization."""

    code = "unknown_organization_role"
    status = HTTPStatus.NOT_FOUND
    title = "The organization has no such role."
