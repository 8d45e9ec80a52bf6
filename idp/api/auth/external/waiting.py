"""Going on with an identity that waits: sign up by it, or link it to one's account."""

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.accounts.errors import (
    EmailReserved,
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.terms.documents import accepted_versions
from idp.accounts.terms.errors import TermsRequired
from idp.accounts.users import get_user
from idp.api.auth.external.linked import EXTERNAL, LinkedStatus, linked_answer
from idp.api.auth.external.said import require_missing
from idp.api.declined import (
    ACCOUNT_PENDING,
    TOKEN_INVALID,
    account_pending,
    token_invalid,
)
from idp.api.fields import AcceptTerms, Address
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.api.tokens import (
    FactorDue,
    TokensAndNewUser,
    factor_due_answer,
    signed_in_answer,
    token_request,
)
from idp.api.told_fields import ToldFields
from idp.api.waiting_identity import read_ticket
from idp.core.errors import RateLimited
from idp.core.randomness import new_token
from idp.federation.links.changes import link
from idp.federation.links.errors import AnotherLinked, LinkedElsewhere
from idp.federation.links.listing import get_linked
from idp.federation.providers.offered import find_usable
from idp.federation.sign_in.outcomes import Arrived, AwaitsApproval, NobodySignedIn
from idp.federation.sign_in.registration import (
    ToldByUser,
    complete_registration,
    find_registration,
)
from idp.federation.sign_in.waiting import find_held, spend_held
from idp.web.browser.session import session_of
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("external_waiting_api", __name__, tag="Other providers")


class WaitingRegistration(ToldFields):
    """What a directory did not tell; what it told need not be said again."""

    ticket: str = Field(max_length=256, description="From the answer of a sign-in")
    email: Address | None = None
    accept_terms: AcceptTerms = False
    remember: bool = False


@api.operation(
    "POST",
    "/auth/login/register",
    id="external_waiting_api_register",
    auth=Auth.NONE,
    body=WaitingRegistration,
    answers={200: TokensAndNewUser | FactorDue},
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
def register(body: WaitingRegistration) -> Response | Declined:
    """Make the account of a sign-in that was answered `registration_required`.

    A ticket that was given to a browser works there alone, and its session begins in
    cookies. An address that is given here is to be confirmed.
    """
    ticket = read_ticket(body.ticket)
    opened = find_registration(ticket.token, browser=ticket.browser)
    if opened is None:
        return token_invalid()
    require_missing(opened, email=body.email)
    accepted = accepted_versions(accepts=body.accept_terms)
    said = ToldByUser(body.email, body.told(), body.attributes, accepted=accepted)
    registration, in_cookies = new_token(), ticket.in_browser
    outcome = complete_registration(
        opened,
        said,
        registration=registration,
        request=token_request(in_cookies=in_cookies, remember=body.remember),
    )
    if isinstance(outcome, NobodySignedIn):
        raise RegistrationClosed(outcome.sign_up_refusal)
    if isinstance(outcome, AwaitsApproval):
        return account_pending()
    if not isinstance(outcome, Arrived):
        return token_invalid()
    done = outcome.signed_in
    if not isinstance(done, SignedIn):
        return factor_due_answer(done)
    user = get_user(done.session.user_id)
    return signed_in_answer(
        user, done, in_cookies=in_cookies, registration=registration
    )


@api.operation(
    "POST",
    f"{EXTERNAL}/link/<token>",
    id="external_waiting_api_link",
    answers={200: LinkedStatus},
    declines=(TOKEN_INVALID,),
    refusals=(AnotherLinked, LinkedElsewhere, ReauthenticationRequired),
)
def link_it(who: Principal, token: str) -> Response | Declined:
    """Link an identity that waits to the account of who signed in lately.

    From an answer `link_required`, or in the browser that came back from a provider.
    The owner is mailed. In cookies mode this browser gets new cookies.
    """
    access.fresh_proof(who)
    live, found = session_of(who), read_ticket(token)
    held = find_held(found.token, browser=found.browser)
    if held is None or held.user_id not in (None, live.user_id):
        return token_invalid()
    provider_id = held.identity.provider_id
    if find_usable(provider_id) is None or not spend_held(held):
        return token_invalid()
    in_cookies = is_in_cookies(live)
    session = link(live, held.identity, requester=this_requester())
    linked = linked_answer(get_linked(live.user_id, provider_id))
    answer = reply(LinkedStatus(status="ok", account=linked))
    return with_renewed(answer, session) if in_cookies else answer
