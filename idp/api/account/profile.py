"""/account/profile: what a person says about themselves; /account/picture."""

from typing import Any

from pydantic import ConfigDict

from idp.accounts.access.principal import Principal
from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.fields.effective import rules_at
from idp.accounts.models import User
from idp.accounts.policies.effective import in_organization, places_of
from idp.accounts.profile.changes import merge_profile, replace_profile
from idp.accounts.profile.pictures import remove_picture, set_picture
from idp.accounts.profile.rules import FieldRules
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.users import get_user
from idp.api.fields import Attributes
from idp.api.user import UserAnswer, user_answer
from idp.core.errors import RateLimited
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES, PictureRefused
from idp.oauth.protocol.scopes import ACCOUNT_PROFILE, ACCOUNT_READ
from idp.web.callers import access
from idp.web.http.uploads import takes_files
from idp.web.json.models import Body
from idp.web.json.routes import JsonBlueprint
from idp.web.json.uploads import FileBody

BITMAP = FileBody(("image/png", "image/jpeg", "image/webp"))

api = JsonBlueprint("profile_api", __name__, tag="Profile")


class Profile(Body):
    """The fields that a user may write; null or an empty text clears one.

    The username goes by null alone, and after a sign-in of the last ten minutes. The
    rule refuses other names: it knows where ``email`` and ``password`` are changed.
    """

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"additionalProperties": False}
    )

    name: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    family_name: str | None = None
    nickname: str | None = None
    username: str | None = None
    profile: str | None = None
    picture: str | None = None
    website: str | None = None
    gender: str | None = None
    birthdate: str | None = None
    phone_number: str | None = None
    address: dict[str, str | None] | None = None
    locale: str | None = None
    zoneinfo: str | None = None
    attributes: Attributes | None = None

    def given(self) -> dict[str, Any]:
        """Return what was sent, without what was not."""
        return self.model_dump(exclude_unset=True)


@api.operation(
    "GET",
    "/account/profile",
    id="profile_api_show",
    answers={200: UserAnswer},
    scope=ACCOUNT_READ,
)
def show(who: Principal) -> UserAnswer:
    """Show the user who is signed in."""
    return user_answer(get_user(who.user_id))


@api.operation(
    "PUT",
    "/account/profile",
    id="profile_api_replace",
    body=Profile,
    answers={200: UserAnswer},
    refusals=(InvalidInput, UsernameTaken, ReauthenticationRequired),
    scope=ACCOUNT_PROFILE,
)
def replace(who: Principal, body: Profile) -> UserAnswer:
    """Replace the profile: a field that is not sent is cleared.

    But the username stays, and `name` has to be sent, null if need be, or a part of it.
    Of `attributes` those are cleared that users may write; what they have to give has
    to be sent.
    """
    user = get_user(who.user_id)
    replace_profile(
        user,
        body.given(),
        prove=lambda: access.fresh_proof(who),
        rules=_rules_of(who, user),
    )
    return user_answer(user)


@api.operation(
    "PATCH",
    "/account/profile",
    id="profile_api_merge",
    body=Profile,
    answers={200: UserAnswer},
    refusals=(InvalidInput, UsernameTaken, ReauthenticationRequired),
    scope=ACCOUNT_PROFILE,
)
def merge(who: Principal, body: Profile) -> UserAnswer:
    """Change the fields that are sent; a name made of its parts follows them.

    Of `attributes` those that are sent; null clears one, or all.
    """
    user = get_user(who.user_id)
    merge_profile(
        user,
        body.given(),
        prove=lambda: access.fresh_proof(who),
        rules=_rules_of(who, user),
    )
    return user_answer(user)


@api.operation(
    "PUT",
    "/account/picture",
    id="profile_api_set_picture",
    body=BITMAP,
    answers={200: UserAnswer},
    refusals=(PictureRefused, InvalidInput, RateLimited),
    scope=ACCOUNT_PROFILE,
)
@takes_files(MAX_UPLOAD_BYTES)
def put_picture(who: Principal, body: bytes) -> UserAnswer:
    """Set the picture from the bytes of a PNG, JPEG or WebP file of at most 2 MB.

    It becomes a square of 256 pixels in WebP without metadata. `picture` of the user is
    then its address here, which changes with the picture.
    """
    user = get_user(who.user_id)
    set_picture(user, body, rules=_rules_of(who, user))
    return user_answer(user)


@api.operation(
    "DELETE",
    "/account/picture",
    id="profile_api_remove_picture",
    answers={200: UserAnswer},
    refusals=(InvalidInput,),
    scope=ACCOUNT_PROFILE,
)
def delete_picture(who: Principal) -> UserAnswer:
    """Remove the picture, also one that lies elsewhere."""
    user = get_user(who.user_id)
    remove_picture(user, rules=_rules_of(who, user))
    return user_answer(user)


def _rules_of(who: Principal, user: User) -> FieldRules:
    """Return what is asked of a user, in whose context they are."""
    places = in_organization(places_of(user.roles), who.organization_id)
    return rules_at(places)
