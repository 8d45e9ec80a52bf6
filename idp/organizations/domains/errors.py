"""Refusals of domains."""

from http import HTTPStatus

from idp.core.errors import IdpError


class InvalidDomain(IdpError):
    """What is no domain, or one where anybody has an address; ``errors`` says which."""

    code = "invalid_domain"
    status = HTTPStatus.BAD_REQUEST
    title = "The domain cannot be added."


class UnknownDomain(IdpError):
    """The organization has not named such a domain."""

    code = "unknown_domain"
    status = HTTPStatus.NOT_FOUND
    title = "The organization has no such domain."


class TooManyDomains(IdpError):
    """An organization has named as many domains as one may."""

    code = "too_many_domains"
    status = HTTPStatus.CONFLICT
    title = "The organization has as many domains as it can have."


class DomainTaken(IdpError):
    """Another organization has the domain verified."""

    code = "domain_taken"
    status = HTTPStatus.CONFLICT
    title = "Another organization has verified this domain."


class DomainUnproven(IdpError):
    """The record that proves a domain was not found."""

    code = "domain_unproven"
    status = HTTPStatus.CONFLICT
    title = "The TXT record was not found. A new one can take an hour to be seen."


class DnsAway(IdpError):
    """No name server gave an answer; later one may."""

    code = "dns_away"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The DNS gave no answer. Try again in a moment."
    retry_after_seconds = 5


class DomainNotVerified(IdpError):
    """Something that takes a domain that is proven to be the organization's."""

    code = "domain_not_verified"
    status = HTTPStatus.CONFLICT
    title = "Verify the domain first."
