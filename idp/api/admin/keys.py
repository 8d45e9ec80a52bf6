"""/api/admin/keys: the keys that sign tokens."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.oauth.keys.listing import ListedKey, list_keys
from idp.oauth.keys.revocation import NoSuchKey, revoke
from idp.oauth.keys.rotation import KeyWaits, rotate
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("admin_keys_api", __name__, tag="Administration: signing keys")
PATH = "/api/admin/keys"


class SigningKeyAnswer(Answer):
    """A key that signs tokens, without its private part.

    Of the published keys one of each algorithm is `signing`; `next` waits for
    `signs_from`, and the others are `published` until `retires_at` for what they
    signed; then they are `retired`. A `revoked` key proves nothing.
    `signs_until` is when its successor takes over, or has to.
    """

    __qualname__ = "SigningKey"  # as the API document calls it

    kid: str
    algorithm: str
    state: Literal["next", "signing", "published", "retired", "revoked"]
    created_at: datetime
    signs_from: datetime
    signs_until: datetime
    retires_at: datetime | None


class SigningKeys(Answer):
    """All signing keys, by algorithm, the newest first."""

    items: list[SigningKeyAnswer]


class KeyRotation(Body):
    """How to rotate."""

    now: bool = Field(
        False,
        description="Sign with the new keys within half a minute, where one may have "
        "leaked; else they sign when every app has fetched them",
    )


class RotatedKeys(SigningKeys):
    """All signing keys after a rotation; `kids` are the new ones."""

    kids: list[str]


class RevokedKey(SigningKeys):
    """All signing keys after a revocation; `successor` signs in place of the key."""

    successor: str | None


@api.operation(
    "GET",
    PATH,
    id="admin_keys_api_show_all",
    answers={200: SigningKeys},
    refusals=(NotPermitted,),
)
def show_all(who: Caller) -> SigningKeys:
    """List the signing keys."""
    access.require(who, Permission.KEYS_READ)
    return SigningKeys(items=_keys())


@api.operation(
    "POST",
    f"{PATH}/rotate",
    id="admin_keys_api_rotate",
    body=KeyRotation,
    answers={200: RotatedKeys},
    refusals=(NotPermitted, KeyWaits, ReauthenticationRequired),
)
def rotate_keys(who: Caller, body: KeyRotation) -> RotatedKeys:
    """Make the next key of each algorithm.

    A key that waits for its time is followed by no other, unless it is to be `now`.
    """
    access.require(who, Permission.KEYS_ROTATE)
    access.fresh_proof(who)
    kids = rotate(now=body.now, by=who.user_id)
    return RotatedKeys(items=_keys(), kids=kids)


@api.operation(
    "POST",
    f"{PATH}/<kid>/revoke",
    id="admin_keys_api_revoke",
    answers={200: RevokedKey},
    refusals=(NotPermitted, NoSuchKey, ReauthenticationRequired),
)
def revoke_key(who: Caller, kid: str) -> RevokedKey:
    """Take a key out of use that may be in other hands.

    It is published no more, and what it signed is refused, on every node within a
    second. If it signs, the next key takes its place at once.
    """
    access.require(who, Permission.KEYS_REVOKE)
    access.fresh_proof(who)
    successor = revoke(kid, by=who.user_id)
    return RevokedKey(items=_keys(), successor=successor)


def _keys() -> list[SigningKeyAnswer]:
    """Return all keys as answers."""
    return [_answer(key) for key in list_keys()]


def _answer(key: ListedKey) -> SigningKeyAnswer:
    """Return a key as an answer."""
    told = {name: getattr(key, name) for name in SigningKeyAnswer.model_fields}
    return SigningKeyAnswer.model_validate(told)
