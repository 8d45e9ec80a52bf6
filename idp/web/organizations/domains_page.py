"""The domains of an organization: those that it has named, and how one is added."""

from collections.abc import Sequence

from flask import Response

from idp.core.errors import IdpError
from idp.federation.of_organizations.providers import list_own_providers
from idp.organizations.domains.errors import (
    DomainTaken,
    InvalidDomain,
    TooManyDomains,
)
from idp.organizations.domains.registry import MOST, add_domain, list_domains
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.web.organizations.forms import DomainNameForm
from idp.web.organizations.frame import Face, refused
from idp.web.words import message_of

DOMAINS = "domains"


def domains_page(
    face: Face, organization_id: str, *, form: DomainNameForm | None = None
) -> Response:
    """Render the list, and the form that names one more; it may have been refused."""
    organization = face.open(organization_id, Right.SETUP)
    names = {each.id: each.name for each in list_own_providers(organization)}
    return face.show(
        "organizations/domains.html",
        organization,
        domains=list_domains(organization),
        provider_names=names,
        form=form or DomainNameForm(formdata=None),
        most=MOST,
    )


def act_on_domains_page(face: Face, organization_id: str) -> Response:
    """Name a domain, and lead to how it is proven."""
    organization, form = face.open(organization_id, Right.DOMAINS), DomainNameForm()
    if not form.validate():
        return domains_page(face, organization_id, form=form)
    try:
        row = add_domain(organization, form.domain.data or "", actor=face.actor())
    except InvalidDomain as refusal:
        words = [message_of(error) for error in refusal.errors]
        return _refused(face, organization, form=form, refusal=refusal, words=words)
    except (DomainTaken, TooManyDomains) as refusal:
        return _refused(face, organization, form=form, refusal=refusal)
    return face.back(organization, DOMAINS, row.domain, done="domain_added")


def _refused(
    face: Face,
    organization: Organization,
    *,
    form: DomainNameForm,
    refusal: IdpError,
    words: Sequence[str] = (),
) -> Response:
    """Render the form with what is wrong beside its field."""
    organization_id, said = organization.id, refused(refusal)
    form.domain.errors = list(words) or [said]
    return domains_page(face, organization_id, form=form)
