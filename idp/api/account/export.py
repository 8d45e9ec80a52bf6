"""POST /account/export: everything that is held about the user."""

from typing import Any

from idp.accounts.access.principal import Principal
from idp.accounts.lifecycle.export import export_account
from idp.accounts.sign_in.reauthentication import (
    ReauthenticationRequired,
    WrongPassword,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import get_user
from idp.api.declined import WRONG_PASSWORD, wrong_password
from idp.api.fields import Password
from idp.core.errors import RateLimited
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("export_api", __name__, tag="Profile")


class ExportRequest(Body):
    """The password, unless the sign-in is at most ten minutes old."""

    password: Password | None = None


class Export(Answer, extra="allow"):
    """The rows of each table, by its name, without secrets."""

    __pydantic_extra__: dict[str, list[dict[str, Any]]]
    issuer: str
    exported_at: str


@api.operation(
    "POST",
    "/account/export",
    id="export_api_export",
    before_enrolment=True,
    body=ExportRequest,
    answers={200: Export},
    declines=(WRONG_PASSWORD,),
    refusals=(ReauthenticationRequired, RateLimited, DirectoryAway),
)
def export(who: Principal, body: ExportRequest) -> Export | Declined:
    """Hand out everything that is held about the user."""
    credential = access.credential_of(who, password=body.password)
    exported = export_account(
        get_user(who.user_id), credential=credential, requester=this_requester()
    )
    return (
        wrong_password() if isinstance(exported, WrongPassword) else Export(**exported)
    )
