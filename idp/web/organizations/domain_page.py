"""One domain of an organization: its proof, what it is good for, and its end."""

from collections.abc import Callable, Mapping

from flask import Response, request
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from idp.federation.of_organizations.domains import enforce_at_domain
from idp.federation.of_organizations.providers import list_own_providers
from idp.federation.providers.errors import UnknownProvider
from idp.organizations.domains.by_mail import send_proof
from idp.organizations.domains.errors import (
    DnsAway,
    DomainNotVerified,
    DomainTaken,
    DomainUnproven,
    InvalidDomain,
)
from idp.organizations.domains.names import (
    MAILBOXES,
    challenge_name,
    challenge_value,
)
from idp.organizations.domains.registry import (
    change_domain,
    get_domain,
    remove_domain,
)
from idp.organizations.domains.renewal import proven_until
from idp.organizations.domains.verification import MOST_FAILURES, verify_by_dns
from idp.organizations.models import Organization, OrganizationDomain
from idp.organizations.rights import Right
from idp.web.callers.requester import this_requester
from idp.web.organizations.domains_page import DOMAINS
from idp.web.organizations.forms import DomainProofForm, DomainUseForm
from idp.web.organizations.frame import Face, refused

ANY_WAY = ""
AS_IT_IS = {"lang": "en"}  # an address is called the same in every language


def domain_page(
    face: Face, organization_id: str, *, domain: str, words: str = ""
) -> Response:
    """Render all about a domain; ``words`` are what was refused."""
    organization = face.open(organization_id, Right.SETUP)
    row = get_domain(organization, domain)
    return face.show(
        "organizations/domain.html",
        organization,
        domain=row,
        record=(challenge_name(row.domain), challenge_value(row.token)),
        most_failures=MOST_FAILURES,
        until=proven_until(row),
        proof=_proof_form(row),
        form=_use_form(organization, row),
        words=words,
    )


def act_on_domain_page(face: Face, organization_id: str, *, domain: str) -> Response:
    """Do what a button of the page says."""
    organization = face.open(organization_id, Right.DOMAINS)
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        return domain_page(face, organization_id, domain=domain)
    try:
        return act(face, organization, domain=domain)
    except (DomainUnproven, DnsAway, DomainTaken, DomainNotVerified) as refusal:
        words = refused(refusal)
    except (InvalidDomain, UnknownProvider) as refusal:
        words = refused(refusal)
    return domain_page(face, organization_id, domain=domain, words=words)


def _check(face: Face, organization: Organization, *, domain: str) -> Response:
    """Look for the record now."""
    verify_by_dns(organization, domain, actor=face.actor())
    return face.back(organization, DOMAINS, domain, done="domain_verified")


def _mail(face: Face, organization: Organization, *, domain: str) -> Response:
    """Mail the question to who runs the domain."""
    send_proof(
        organization,
        domain,
        mailbox=DomainProofForm().mailbox.data or "",
        actor=face.actor(),
        requester=this_requester(),
    )
    return face.back(organization, DOMAINS, domain, done="domain_mailed")


def _save(face: Face, organization: Organization, *, domain: str) -> Response:
    """Say what people with an address there may, and have to."""
    form, actor = DomainUseForm(), face.actor()
    wanted = form.provider.data or None  # refused before anything is written
    enforce_at_domain(organization, domain, provider_id=wanted, actor=actor)
    joins = bool(form.auto_join.data)
    change_domain(organization, domain, auto_join=joins, actor=actor)
    return face.back(organization, DOMAINS, domain, done="saved")


def _remove(face: Face, organization: Organization, *, domain: str) -> Response:
    """Give the domain up."""
    remove_domain(organization, domain, actor=face.actor())
    return face.back(organization, DOMAINS, done="domain_removed")


ACTS: Mapping[str, Callable[..., Response]] = {
    "check": _check,
    "mail": _mail,
    "save": _save,
    "remove": _remove,
}


def _proof_form(row: OrganizationDomain) -> DomainProofForm:
    """Return the form that asks whom to mail."""
    form = DomainProofForm(formdata=None)
    form.mailbox.choices = [
        SelectChoice(each, f"{each}@{row.domain}", AS_IT_IS) for each in MAILBOXES
    ]
    return form


def _use_form(organization: Organization, row: OrganizationDomain) -> DomainUseForm:
    """Return the form of what holds at a domain."""
    present = {"auto_join": row.auto_join, "provider": row.provider_id or ANY_WAY}
    form = DomainUseForm(formdata=None, data=present)
    form.provider.choices = [
        SelectChoice(ANY_WAY, gettext("As they like")),
        *(
            SelectChoice(each.id, gettext("By %(name)s alone", name=each.name))
            for each in list_own_providers(organization)
        ),
    ]
    return form
