"""GET /auth/me: everything about who is signed in."""

from idp.accounts.access.principal import Principal
from idp.accounts.factors.credentials import Credentials, user_with_credentials
from idp.accounts.fields.missing import find_missing
from idp.accounts.policies.effective import in_organization, places_of
from idp.api.asked_fields import MISSING
from idp.api.user import UserAnswer, user_answer
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.memberships import UserMembership, list_memberships
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint
from idp.web.words import PERSONAL_ORGANIZATION

api = JsonBlueprint("me_api", __name__, tag="Tokens and session")


class OrganizationAnswer(Answer):
    """An organization; ``personal`` is the user's own, and has no ``slug``."""

    __qualname__ = "Organization"  # as the API document calls it

    id: str
    slug: str | None
    name: str
    logo_uri: str | None
    personal: bool


class MembershipAnswer(Answer):
    """A place in an organization; ``role`` is the highest of ``roles``."""

    __qualname__ = "Membership"  # as the API document calls it

    organization: OrganizationAnswer
    role: str
    roles: list[str]


class Me(Answer):
    """A user with ways in and organizations; ``organization`` is the token's."""

    user: UserAnswer
    credentials: Credentials
    memberships: list[MembershipAnswer]
    organization: OrganizationAnswer | None
    missing_fields: list[str] | None = MISSING


@api.operation(
    "GET",
    "/auth/me",
    id="me_api_me",
    answers={200: Me},
    scope=ACCOUNT_READ,
    before_enrolment=True,
)
def me(who: Principal) -> Me:
    """Show who is signed in, with ways in and organizations."""
    user, credentials = user_with_credentials(who.user_id)
    places = list_memberships(user.id)
    memberships = list(map(membership_answer, places))
    in_use = {place.organization_id for place in places if place.in_use}
    at = who.organization_id if who.organization_id in in_use else None
    here = next((m.organization for m in memberships if m.organization.id == at), None)
    own = (m.organization for m in memberships if m.organization.personal)
    return Me(
        user=user_answer(user),
        credentials=credentials,
        memberships=memberships,
        organization=here or next(own, None),
        missing_fields=find_missing(user.id, in_organization(places_of(user.roles), at))
        or None,
    )


def membership_answer(of: UserMembership) -> MembershipAnswer:
    """Return a place in an organization as an answer."""
    organization = OrganizationAnswer(
        id=of.organization_id,
        slug=of.slug,
        name=of.organization_name or str(PERSONAL_ORGANIZATION),
        logo_uri=of.logo_uri,
        personal=of.personal,
    )
    return MembershipAnswer(
        organization=organization, role=of.role, roles=list(of.roles)
    )
