"""/api/organizations/{id}/domains: which domains are an organization's own."""

from datetime import datetime
from typing import Literal

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Caller
from idp.api.organizations.organizations import CHANGE_REFUSALS, ONE, REFUSALS
from idp.core.errors import RateLimited
from idp.federation.of_organizations.domains import enforce_at_domain
from idp.federation.providers.errors import UnknownProvider
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.access import open_organization
from idp.organizations.domains.by_mail import send_proof
from idp.organizations.domains.errors import (
    DnsAway,
    DomainNotVerified,
    DomainTaken,
    DomainUnproven,
    InvalidDomain,
    TooManyDomains,
    UnknownDomain,
)
from idp.organizations.domains.names import challenge_name, challenge_value
from idp.organizations.domains.registry import (
    add_domain,
    change_domain,
    get_domain,
    list_domains,
    remove_domain,
)
from idp.organizations.domains.renewal import proven_until
from idp.organizations.domains.verification import verify_by_dns
from idp.organizations.models import OrganizationDomain
from idp.organizations.rights import Right
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("organization_domains_api", __name__, tag="Organizations: domains")
DOMAINS = f"{ONE}/domains"
DOMAIN = f"{DOMAINS}/<domain>"


class DomainName(Body):
    """A domain that the organization says is its own."""

    domain: str = Field(max_length=255)


class DomainChange(Body):
    """What is to be different; what is left out stays."""

    auto_join: bool | None = None
    provider: str | None = Field(
        None,
        description="The provider of the organization by which alone its users sign in",
    )


class DomainProof(Body):
    """How the domain is to be proven; `mailbox` is the part before the @ of a mail."""

    method: Literal["dns", "mail"]
    mailbox: Literal["postmaster", "hostmaster", "admin"] = "postmaster"


class DomainRecord(Answer):
    """The record of the DNS that proves the domain."""

    name: str
    type: Literal["TXT"] = "TXT"
    value: str


class OrganizationDomainAnswer(Answer):
    """A domain; `verified_at` is null until it is proven, and once that is lost.

    With `auto_join` who has a proven address there becomes a member. `provider` is the
    one provider by which they sign in.
    """

    __qualname__ = "OrganizationDomain"  # as the API document calls it

    domain: str
    method: str | None
    record: DomainRecord
    verified_at: datetime | None
    checked_at: datetime | None
    failures: int = Field(
        description="Weekly looks in a row that found no record; of a proof by mail, "
        "how often owners were told that it ends"
    )
    proven_until: datetime | None = Field(
        description="When a proof by mail ends, unless it is given again"
    )
    auto_join: bool
    provider: str | None
    created_at: datetime


@api.operation(
    "GET",
    DOMAINS,
    id="organization_domains_api_show_all",
    answers={200: list[OrganizationDomainAnswer]},
    refusals=REFUSALS,
    scope=ACCOUNT_READ,
)
def show_all(who: Caller, organization_id: str) -> list[OrganizationDomainAnswer]:
    """List the domains that the organization has named, verified or not."""
    organization = open_organization(
        organization_id, actor=actor_of(who), right=Right.SETUP
    )
    return [_answer(row) for row in list_domains(organization)]


@api.operation(
    "POST",
    DOMAINS,
    id="organization_domains_api_add",
    body=DomainName,
    answers={201: OrganizationDomainAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidDomain, DomainTaken, TooManyDomains),
)
def add(who: Caller, *, organization_id: str, body: DomainName) -> Response:
    """Name a domain; the `record` of the answer, or a mail, proves it.

    Domains where anyone can have an address are refused.
    """
    organization, actor = admit_change(who, organization_id, right=Right.DOMAINS)
    row = add_domain(organization, body.domain, actor=actor)
    return reply(_answer(row), status=201)


@api.operation(
    "GET",
    DOMAIN,
    id="organization_domains_api_show",
    answers={200: OrganizationDomainAnswer},
    refusals=(*REFUSALS, UnknownDomain),
    scope=ACCOUNT_READ,
)
def show(who: Caller, *, organization_id: str, domain: str) -> OrganizationDomainAnswer:
    """Show one domain, and the record that proves it."""
    organization = open_organization(
        organization_id, actor=actor_of(who), right=Right.SETUP
    )
    return _answer(get_domain(organization, domain))


@api.operation(
    "PATCH",
    DOMAIN,
    id="organization_domains_api_change",
    body=DomainChange,
    answers={200: OrganizationDomainAnswer},
    refusals=(*CHANGE_REFUSALS, UnknownDomain, UnknownProvider, DomainNotVerified),
)
def change(
    who: Caller, *, organization_id: str, domain: str, body: DomainChange
) -> OrganizationDomainAnswer:
    """Say whether people with a proven address there join, and how they sign in.

    With a `provider` of the organization it is the only way in for addresses of a
    verified domain; null opens the others again.
    """
    organization, actor = admit_change(who, organization_id, right=Right.DOMAINS)
    if body.auto_join is not None:
        wanted = body.auto_join
        change_domain(organization, domain, auto_join=wanted, actor=actor)
    if "provider" in body.model_fields_set:
        wanted_id = body.provider
        enforce_at_domain(organization, domain, provider_id=wanted_id, actor=actor)
    return _answer(get_domain(organization, domain))


@api.operation(
    "POST",
    f"{DOMAIN}/verify",
    id="organization_domains_api_verify",
    body=DomainProof,
    answers={200: OrganizationDomainAnswer, 202: OrganizationDomainAnswer},
    refusals=(
        *CHANGE_REFUSALS,
        UnknownDomain,
        InvalidDomain,
        DomainUnproven,
        DomainTaken,
        DnsAway,
        RateLimited,
    ),
)
def verify(
    who: Caller, *, organization_id: str, domain: str, body: DomainProof
) -> Response:
    """Prove a domain: look for its record now, or mail to who runs it (202).

    A record is looked for again each week; three times not found, and the domain is
    not the organization's any more. A proof by mail holds for 180 days; its owners are
    told 30 and 7 days before it ends, and prove the domain again by either method.
    """
    organization, actor = admit_change(who, organization_id, right=Right.DOMAINS)
    if body.method == "dns":
        return reply(_answer(verify_by_dns(organization, domain, actor=actor)))
    send_proof(
        organization,
        domain,
        mailbox=body.mailbox,
        actor=actor,
        requester=this_requester(),
    )
    return reply(_answer(get_domain(organization, domain)), status=202)


@api.operation(
    "DELETE",
    DOMAIN,
    id="organization_domains_api_remove",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, UnknownDomain),
)
def remove(who: Caller, *, organization_id: str, domain: str) -> None:
    """Give a domain up; who joined by it stays a member."""
    organization, actor = admit_change(who, organization_id, right=Right.DOMAINS)
    remove_domain(organization, domain, actor=actor)


def _answer(row: OrganizationDomain) -> OrganizationDomainAnswer:
    """Return a domain as an answer."""
    record = DomainRecord(
        name=challenge_name(row.domain), value=challenge_value(row.token)
    )
    return OrganizationDomainAnswer(
        domain=row.domain,
        method=row.method,
        record=record,
        verified_at=row.verified_at,
        checked_at=row.checked_at,
        failures=row.failures,
        proven_until=proven_until(row),
        auto_join=row.auto_join,
        provider=row.provider_id,
        created_at=row.created_at,
    )
