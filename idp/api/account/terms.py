"""/account/terms: what has to be accepted before an account is used."""

from datetime import datetime

from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.accounts.terms.acceptance import accept, list_acceptances, require_accepted
from idp.accounts.terms.documents import accepted_versions, documents_in_force
from idp.accounts.terms.errors import TermsRequired
from idp.api.fields import AcceptTerms
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("terms_api", __name__, tag="Profile")


class DocumentAnswer(Answer):
    """A document in the version that is in force.

    `accepted_at` is null where the caller has not accepted it, and where nobody calls.
    """

    __qualname__ = "LegalDocument"  # as the API document calls it

    document: str = Field(description="`terms` or `privacy`")
    url: str
    version: str
    accepted_at: datetime | None


class TermsAnswer(Answer):
    """What is in force; nothing on a server without terms."""

    __qualname__ = "Terms"  # as the API document calls it

    documents: list[DocumentAnswer]


class TermsAccepted(Body):
    """A yes to all that is in force."""

    accept_terms: AcceptTerms


@api.operation(
    "GET",
    "/account/terms",
    id="terms_api_show",
    auth=Auth.OPTIONAL,
    answers={200: TermsAnswer},
    before_enrolment=True,
)
def show(who: Principal | None) -> TermsAnswer:
    """Show what is in force, and since when the caller has accepted it."""
    return terms_answer(who)


@api.operation(
    "POST",
    "/account/terms",
    id="terms_api_accept",
    body=TermsAccepted,
    answers={200: TermsAnswer},
    refusals=(TermsRequired,),
    before_enrolment=True,
)
def accept_all(who: Principal, body: TermsAccepted) -> TermsAnswer:
    """Accept all that is in force; again changes nothing.

    Whoever does not want to signs out.
    """
    accept_for(who, accept_terms=body.accept_terms)
    return terms_answer(who)


def accept_for(who: Principal, *, accept_terms: bool) -> None:
    """Note that a caller accepts; raises TermsRequired for a no."""
    require_accepted(accepted_versions(accepts=accept_terms))
    accept(who.user_id)


def terms_answer(who: Principal | None) -> TermsAnswer:
    """Return the documents, and what the caller has accepted of them."""
    accepted = list_acceptances(who.user_id) if who else []
    since = {(each.document, each.version): each.accepted_at for each in accepted}
    return TermsAnswer(
        documents=[
            DocumentAnswer(
                document=each.name,
                url=each.url,
                version=each.version,
                accepted_at=since.get((each.name, each.version)),
            )
            for each in documents_in_force()
        ]
    )
