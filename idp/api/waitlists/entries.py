"""/waitlist: for which features the caller waits, in the token's organization."""

from datetime import datetime

from idp.accounts.access.principal import Principal
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.contexts.places import acting_in
from idp.organizations.waitlists.entries import (
    InvalidFeature,
    TooManyFeatures,
    Waiter,
    leave,
    list_signed_up,
    sign_up,
    signed_up_at,
)
from idp.web.json.models import Answer, left_out
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("waitlist_api", __name__, tag="Waitlists")
PATH = "/waitlist"
ONE = f"{PATH}/<feature>"


class WaitlistedFeature(Answer):
    """A feature that the caller waits for."""

    feature: str
    created_at: datetime


class WaitlistStatus(Answer):
    """Whether the caller waits for a feature, and since when."""

    feature: str
    signed_up: bool
    created_at: datetime | None = left_out("Left out of who is not signed up")


@api.operation(
    "GET",
    PATH,
    id="waitlist_api_show_all",
    answers={200: list[WaitlistedFeature]},
    scope=ACCOUNT_READ,
)
def show_all(who: Principal) -> list[WaitlistedFeature]:
    """List what the caller waits for in the token's organization, the longest first.

    Without such a context that is their personal one.
    """
    return [
        WaitlistedFeature(feature=each.feature, created_at=each.created_at)
        for each in list_signed_up(_waiter(who))
    ]


@api.operation(
    "GET",
    ONE,
    id="waitlist_api_show",
    answers={200: WaitlistStatus},
    refusals=(InvalidFeature,),
    scope=ACCOUNT_READ,
)
def show(who: Principal, *, feature: str) -> WaitlistStatus:
    """Tell whether the caller waits for a feature; any name may be asked for."""
    since = signed_up_at(_waiter(who), feature)
    return WaitlistStatus(
        feature=feature, signed_up=since is not None, created_at=since
    )


@api.operation(
    "PUT",
    ONE,
    id="waitlist_api_sign_up",
    answers={204: None},
    refusals=(InvalidFeature, TooManyFeatures),
)
def put(who: Principal, *, feature: str) -> None:
    """Sign the caller up; who is signed up already keeps the place."""
    sign_up(_waiter(who), feature)


@api.operation(
    "DELETE",
    ONE,
    id="waitlist_api_leave",
    answers={204: None},
    refusals=(InvalidFeature,),
)
def delete(who: Principal, *, feature: str) -> None:
    """Take the caller off; who is not on it is off it all the same."""
    leave(_waiter(who), feature)


def _waiter(who: Principal) -> Waiter:
    """Return the caller, and where they wait."""
    return Waiter(who.user_id, acting_in(who.user_id, who.organization_id))
