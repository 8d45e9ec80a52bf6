"""/api/auth/external: go to a provider and come back, or sign up by what it told."""

from http import HTTPStatus
from urllib.parse import quote

from flask import Response, request
from pydantic import Field

from idp.accounts.errors import (
    EmailReserved,
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.policies.keys import PROVIDER
from idp.accounts.sign_in.ways.allowed import allowed_ways
from idp.accounts.terms.documents import accepted_versions
from idp.accounts.terms.errors import TermsRequired
from idp.api.auth.external.linked import EXTERNAL
from idp.api.auth.external.said import require_missing
from idp.api.declined import (
    ACCOUNT_PENDING,
    TOKEN_INVALID,
    account_pending,
    token_invalid,
)
from idp.api.field_names import renamed
from idp.api.fields import AcceptTerms, Address, ReturnUrl
from idp.api.session_status.answers import StatusAndToken, status_and_token
from idp.api.told_fields import NAMES_OF_SESSION, ToldFieldsOfSession
from idp.api.waiting_identity import read_ticket
from idp.core.errors import IdpError, RateLimited
from idp.core.randomness import new_token
from idp.federation.providers.offered import find_offered, list_shown
from idp.federation.sign_in.begin import begin
from idp.federation.sign_in.outcomes import Arrived, AwaitsApproval, NobodySignedIn
from idp.federation.sign_in.registration import (
    OpenRegistration,
    ToldByUser,
    complete_registration,
    find_registration,
)
from idp.federation.sign_in.requests import Ahead
from idp.federation.upstream.errors import UpstreamError
from idp.web.browser.cookies import (
    away_token,
    keep_last_provider,
    keep_provider,
)
from idp.web.browser.session import current_session, session_request
from idp.web.callers.requester import this_requester
from idp.web.http.probes import is_probe
from idp.web.json.models import Answer, Query
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint, reply
from idp.web.redirects import local_path
from idp.web.return_urls import destination_of

api = JsonBlueprint("external_sign_in_api", __name__, tag="Other providers")
HOME = "/account"


class NoSuchProvider(IdpError):
    """A provider that nobody signs in by here."""

    code = "no_such_provider"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such provider."


class ProviderAway(IdpError):
    """A provider that gives no answer now; the other ways to sign in work."""

    code = "provider_away"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "That provider can’t be reached right now."
    retry_after_seconds = 5


class OfferedProvider(Answer):
    """A provider that people can sign in by."""

    id: str
    name: str
    icon: str | None


class Onward(Query):
    """Where the sign-in leads to."""

    return_url: ReturnUrl = Field(default=None, alias="returnUrl")


class ExternalRegistration(ToldFieldsOfSession):
    """What the provider did not tell; what it told need not be said again."""

    email: Address | None = None
    accept_terms: AcceptTerms = Field(False, alias="acceptTerms")
    remember: bool = False


@api.operation(
    "GET",
    f"{EXTERNAL}/providers",
    id="external_sign_in_api_list",
    auth=Auth.NONE,
    answers={200: list[OfferedProvider]},
)
def list_providers() -> list[OfferedProvider]:
    """List the providers that people can sign in by, in the order of their buttons."""
    return [
        OfferedProvider(id=each.id, name=each.name, icon=each.icon)
        for each in list_shown()
        if PROVIDER in allowed_ways()
    ]


@api.operation(
    "GET",
    f"{EXTERNAL}/<provider_id>/init",
    id="external_sign_in_api_begin",
    auth=Auth.NONE,
    query=Onward,
    answers={302: None},
    refusals=(NoSuchProvider, ProviderAway, RateLimited),
)
def begin_sign_in(provider_id: str, query: Onward) -> Response | ProviderAway:
    """Go to a provider, by navigation; `returnUrl` is a page of this site.

    Who is signed in links what comes back.
    """
    provider, live = find_offered(provider_id), current_session()
    if provider is None or is_probe() or PROVIDER not in allowed_ways():
        raise NoSuchProvider
    browser, return_to = away_token(), _local(query.return_url)
    try:
        url = begin(
            provider,
            browser=browser,
            ahead=Ahead(return_to),
            requester=this_requester(),
            user_id=live.user_id if live else None,
        )
    except UpstreamError:
        return ProviderAway()
    answer = reply(None, status=HTTPStatus.FOUND, headers={"Location": url})
    return keep_provider(answer, browser)


@api.operation(
    "GET",
    f"{EXTERNAL}/<provider_id>/redirect",
    id="external_sign_in_api_come_back",
    auth=Auth.NONE,
    answers={303: None},
)
def come_back(provider_id: str) -> Response:
    """Lead to the one address that is registered at providers, query and all."""
    query = request.query_string.decode("ascii", "replace")
    location = f"/oauth2/callback/{quote(provider_id, safe='')}?{query}"
    return reply(None, headers={"Location": location})


@api.operation(
    "POST",
    f"{EXTERNAL}/register/<token>",
    id="external_sign_in_api_register",
    auth=Auth.NONE,
    body=ExternalRegistration,
    answers={200: StatusAndToken},
    declines=(TOKEN_INVALID, ACCOUNT_PENDING),
    refusals=(
        InvalidInput,
        RegistrationClosed,
        TermsRequired,
        EmailReserved,
        EmailTaken,
        UsernameTaken,
        RateLimited,
    ),
)
def register(token: str, body: ExternalRegistration) -> Response | Declined:
    """Sign up by what a provider told, in the browser that came back from it.

    The token may be the ticket of a sign-in that was answered `registration_required`.
    An address that the provider has told stays; one that is given here is to be
    confirmed.
    """
    ticket = read_ticket(token)
    opened = find_registration(ticket.token, browser=ticket.browser)
    if opened is None:
        return token_invalid()
    said = _said(opened, body)
    registration = new_token()
    with renamed(NAMES_OF_SESSION):
        outcome = complete_registration(
            opened,
            said,
            registration=registration,
            request=session_request(remember=body.remember, adds=False),
        )
    if isinstance(outcome, NobodySignedIn):
        raise RegistrationClosed(outcome.sign_up_refusal)
    if isinstance(outcome, AwaitsApproval):
        return account_pending()
    if not isinstance(outcome, Arrived):
        return token_invalid()
    answer = status_and_token(outcome.signed_in, registration=registration)
    return keep_last_provider(answer, opened.provider.id)


def _said(opened: OpenRegistration, body: ExternalRegistration) -> ToldByUser:
    """Return what a user says; InvalidFields without an address that has to be."""
    require_missing(opened, email=body.email)
    accepted = accepted_versions(accepts=body.accept_terms)
    return ToldByUser(body.email, body.told(), body.attributes, accepted=accepted)


def _local(return_url: str | None) -> str:
    """Return the page of ours that a URL names, else that of the account.

    A session begins here, so no app's page is gone to from here by itself.
    """
    with destination_of(return_url) as wanted:
        return local_path(wanted, default=HOME)
