"""/api/auth/terms: accept what is in force, for front ends of this site."""

from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.accounts.terms.errors import TermsRequired
from idp.api.account.terms import TermsAnswer, accept_for, terms_answer
from idp.api.field_names import renamed
from idp.api.fields import AcceptTerms
from idp.api.session_status.answers import StatusAnswer, status_of
from idp.api.told_fields import NAMES_OF_SESSION
from idp.web.browser.session import session_of
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("session_terms_api", __name__, tag="Session status: what is due")
PATH = "/api/auth/terms"


class SessionTermsAccepted(Body):
    """A yes to all that is in force."""

    accept_terms: AcceptTerms = Field(alias="acceptTerms")


@api.operation(
    "GET",
    PATH,
    id="session_terms_api_show",
    auth=Auth.OPTIONAL,
    answers={200: TermsAnswer},
    before_enrolment=True,
)
def show(who: Principal | None) -> TermsAnswer:
    """Show what is in force, and since when the caller has accepted it."""
    return terms_answer(who)


@api.operation(
    "POST",
    PATH,
    id="session_terms_api_accept",
    body=SessionTermsAccepted,
    answers={200: StatusAnswer},
    refusals=(TermsRequired,),
    before_enrolment=True,
)
def accept_all(who: Principal, body: SessionTermsAccepted) -> StatusAnswer:
    """Accept all that is in force, and see what is to be done next."""
    with renamed(NAMES_OF_SESSION):
        accept_for(who, accept_terms=body.accept_terms)
    return StatusAnswer(status=status_of(session_of(who)))
