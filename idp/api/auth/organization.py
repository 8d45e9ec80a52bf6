"""POST /auth/organization: go on in the context of one of one's organizations."""

from http import HTTPStatus

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.factors.errors import EmailNotVerified, SecondFactorSetupRequired
from idp.accounts.fields.errors import ProfileIncomplete
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.fields import Cookies, Line
from idp.api.tokens import Tokens, tokens_answer
from idp.core.errors import IdpError
from idp.oauth.clients.account_client import is_other_client
from idp.oauth.tokens.account_tokens import switch_organization
from idp.organizations.errors import AppNotAllowed, UnknownOrganization
from idp.web.browser import refresh_cookie
from idp.web.browser.session import session_of
from idp.web.json.models import Body
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("organization_switch_api", __name__, tag="Tokens and session")


class OrganizationByAuthorization(IdpError):
    """A switch by an app, whose tokens are not those of the account API."""

    code = "organization_by_authorization"
    status = HTTPStatus.FORBIDDEN
    title = "An app asks for that at the authorization endpoint, by organization."


class OrganizationSwitch(Body):
    """The organization to go on in; one's personal one is among them."""

    organization_id: Line
    cookies: Cookies = False


@api.operation(
    "POST",
    "/auth/organization",
    id="organization_switch_api_switch",
    body=OrganizationSwitch,
    answers={200: Tokens},
    before_enrolment=True,
    refusals=(
        UnknownOrganization,
        AppNotAllowed,
        ReauthenticationRequired,
        EmailNotVerified,
        SecondFactorSetupRequired,
        ProfileIncomplete,
        OrganizationByAuthorization,
    ),
)
def switch(who: Principal, body: OrganizationSwitch) -> Response:
    """Get new tokens in an organization's context: they say `org_id` and `org_roles`.

    The tokens from before are void. One that the caller is not in is
    `unknown_organization`, whether or not it exists. What policies there want of the
    sign-in is asked for first; `app_not_allowed` where they allow apps alone. An app
    asks at the authorization endpoint instead.
    """
    if is_other_client(who.client_id):
        raise OrganizationByAuthorization
    pair = switch_organization(
        session_of(who), organization_id=body.organization_id, grant_id=who.grant_id
    )
    held = who.by_cookie and refresh_cookie.read() is not None
    in_cookies = body.cookies or held
    response = reply(tokens_answer(pair, in_cookies=in_cookies))
    if in_cookies:
        refresh_cookie.keep(response, pair)
    return response
