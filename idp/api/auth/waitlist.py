"""/auth/waitlist: ask for a place among those who want an account."""

from pydantic import Field

from idp.accounts.errors import InvalidInput, NoWaitlist, RegistrationClosed
from idp.accounts.mail_limits import waitlist_act
from idp.accounts.registration.waitlist import places
from idp.accounts.registration.waitlist.places import LONGEST_NOTE
from idp.api.fields import Address, ChallengeAnswer
from idp.core.errors import RateLimited
from idp.security.challenge.guard import ChallengeRequired
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("registration_waitlist_api", __name__, tag="Sign-up and sign-in")


class WantedPlace(Body):
    """Who wants an account, and why."""

    email: Address
    note: str | None = Field(
        None, max_length=LONGEST_NOTE, description="Whoever decides reads it"
    )
    challenge: ChallengeAnswer = None


@api.operation(
    "POST",
    "/auth/waitlist",
    id="registration_waitlist_api_ask",
    auth=Auth.NONE,
    body=WantedPlace,
    answers={202: None},
    refusals=(
        NoWaitlist,
        InvalidInput,
        RegistrationClosed,
        RateLimited,
        ChallengeRequired,
    ),
)
def ask(body: WantedPlace) -> None:
    """Have a place confirmed by mail; the answer does not depend on the address."""
    check_body(waitlist_act, body.email, answer=body.challenge)
    places.ask(body.email, places.PlaceRequest(body.note), requester=this_requester())
