"""/auth/waitlist: ask for a place among those who want an account."""

from pydantic import Field

from idp.accounts.errors import InvalidInput, NoWaitlist, RegistrationClosed
from idp.accounts.mail_limits import waitlist_act
from idp.accounts.registration.waitlist import places
from idp.accounts.registration.waitlist.places import LONGEST_NOTE
from idp.api.fields import Address, ChallengeAnswer, Line
from idp.api.named_client import require_client
from idp.core.errors import RateLimited
from idp.security.challenge.guard import ChallengeRequired
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("registration_waitlist_api", __name__, tag="Sign-up")


class WantedPlace(Body):
    """Who wants an account, and why."""

    email: Address
    note: str | None = Field(
        None, max_length=LONGEST_NOTE, description="Whoever decides reads it"
    )
    client_id: Line | None = Field(
        None, description="The app that they come from, and are led back to"
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
    """Have a place confirmed by mail; the answer does not depend on the address.

    Who is let in and came from an app is led back to it once they have an account.
    """
    require_client(body.client_id)
    check_body(waitlist_act, body.email, answer=body.challenge)
    asked = places.PlaceRequest(body.note, body.client_id)
    places.ask(body.email, asked, requester=this_requester())
