"""/api/auth/complete: tell what an account has to have, for front ends of this site."""

from idp.accounts.access.principal import Principal
from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.fields.effective import rules_at
from idp.accounts.policies.effective import in_organization, places_of
from idp.accounts.profile.changes import merge_profile
from idp.accounts.sign_in.stage_policies import missing_fields_of
from idp.accounts.users import get_user
from idp.api.asked_fields import AskedField, asked_field
from idp.api.field_names import renamed
from idp.api.session_status.answers import StatusAnswer, status_of
from idp.api.told_fields import NAMES_OF_SESSION, ToldFieldsOfSession
from idp.oauth.protocol.scopes import ACCOUNT_PROFILE, ACCOUNT_READ
from idp.web.browser.session import session_of
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("session_fields_api", __name__, tag="Session status: what is due")
PATH = "/api/auth/complete"


class MissingFields(StatusAnswer):
    """How it stands with the session, and what its user has not given yet."""

    fields: list[AskedField]


@api.operation(
    "GET",
    PATH,
    id="session_fields_api_show",
    answers={200: MissingFields},
    scope=ACCOUNT_READ,
)
def show(who: Principal) -> MissingFields:
    """Show what has to be given, to ask for."""
    live = session_of(who)
    missing = missing_fields_of(live)
    fields = [
        asked_field(name, required=True, names=NAMES_OF_SESSION) for name in missing
    ]
    return MissingFields(status=status_of(live), fields=fields)


@api.operation(
    "POST",
    PATH,
    id="session_fields_api_complete",
    body=ToldFieldsOfSession,
    answers={200: StatusAnswer},
    refusals=(InvalidInput, UsernameTaken),
    scope=ACCOUNT_PROFILE,
)
def complete(who: Principal, body: ToldFieldsOfSession) -> StatusAnswer:
    """Give what is missing, or some of it, and see what is to be done next."""
    live = session_of(who)
    with renamed(NAMES_OF_SESSION):
        merge_profile(
            get_user(live.user_id),
            body.told() | {"attributes": body.attributes},
            prove=lambda: None,  # nothing goes that was there
            rules=rules_at(
                in_organization(places_of(live.roles), live.organization_id)
            ),
        )
    return StatusAnswer(status=status_of(live))
