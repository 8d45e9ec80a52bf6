"""/api/admin/attributes: what may be said of users beyond the profile."""

from dataclasses import replace as with_changes
from typing import Any

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.profile.attributes.definitions import (
    AttributeType,
    Definition,
    Editor,
    InvalidAttribute,
    RequiredAt,
)
from idp.accounts.profile.attributes.registry import (
    AttributeExists,
    UnknownAttribute,
    change_attribute,
    create_attribute,
    delete_attribute,
    get_definition,
    hold_definitions,
)
from idp.accounts.profile.attributes.search import search_attributes
from idp.accounts.profile.attributes.stored import count_values
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.json.models import Answer, Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_attributes_api", __name__, tag="Administration: attributes")
PATH = "/api/admin/attributes"
ONE = f"{PATH}/<attribute_key>"
CHANGE_REFUSALS = (NotPermitted, ReauthenticationRequired, UnknownAttribute)


class AttributesQuery(PageQuery):
    """Which attributes to list."""

    query: str = Field("", max_length=255, description="Part of a key or claim")


class AttributeMembers(Body):
    """What is to be different; what is left out stays."""

    type: AttributeType | None = Field(None, description="Stays as it was made")
    label: dict[str, str] | None = Field(
        None, description="What people read, by language; null is the key"
    )
    choices: list[str] | None = Field(None, description="Of the type `choice`")
    claim: str | None = Field(
        None, description="What apps read it as; null tells no app"
    )
    scope: str | None = Field(None, description="Which scope opens the claim")
    editable_by: Editor | None = None
    required_at: RequiredAt | None = None


class NewAttribute(AttributeMembers):
    """An attribute to be: text that users write, and need not, unless more is said."""

    key: str


class AttributeAnswer(Answer):
    """A field of all users, beyond the profile."""

    __qualname__ = "Attribute"  # as the API document calls it

    key: str
    type: AttributeType
    label: dict[str, str]
    choices: list[str]
    claim: str | None
    scope: str | None
    editable_by: Editor
    required_at: RequiredAt


class HeldAttributeAnswer(AttributeAnswer):
    """The same, and how many users have a value."""

    __qualname__ = "HeldAttribute"

    holders: int = Field(description="Users who have a value, which goes with it")


@api.operation(
    "GET",
    PATH,
    id="admin_attributes_api_show_all",
    query=AttributesQuery,
    answers={200: PageAnswer[AttributeAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: AttributesQuery) -> Response:
    """List the attributes by key."""
    access.require(who, Permission.SETTINGS_READ)
    page = search_attributes(query.query.strip(), query)
    items = list(map(_answer, page.items))
    answer = PageAnswer[AttributeAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_attributes_api_create",
    body=NewAttribute,
    answers={201: AttributeAnswer},
    refusals=(
        NotPermitted,
        ReauthenticationRequired,
        InvalidAttribute,
        AttributeExists,
    ),
    etag=True,
)
def create(who: Caller, body: NewAttribute) -> Response:
    """Define an attribute; users have no value of it at first."""
    _admit_change(who)
    wanted = _said(Definition(body.key), body)
    return _reply(create_attribute(wanted, by=who.user_id))


@api.operation(
    "GET",
    ONE,
    id="admin_attributes_api_show",
    answers={200: HeldAttributeAnswer},
    refusals=(NotPermitted, UnknownAttribute),
    etag=True,
)
def show(who: Caller, attribute_key: str) -> Response:
    """Show an attribute, and how many users have a value."""
    access.require(who, Permission.SETTINGS_READ)
    found = get_definition(attribute_key)
    held = found.as_json() | {"holders": count_values(found.key)}
    answer = HeldAttributeAnswer.model_validate(held)
    return reply(answer, headers={"ETag": etag_of(found.as_json())})


@api.operation(
    "PATCH",
    ONE,
    id="admin_attributes_api_change",
    body=AttributeMembers,
    answers={200: AttributeAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidAttribute, AttributeExists),
    etag=True,
)
def change(who: Caller, *, attribute_key: str, body: AttributeMembers) -> Response:
    """Change an attribute; its key and its type stay.

    Values that are no longer among its choices stay until they are changed.
    """
    _admit_change(who)
    wanted = _said(_held(attribute_key), body)
    change_attribute(wanted, by=who.user_id)
    return _reply(wanted)


@api.operation(
    "DELETE",
    ONE,
    id="admin_attributes_api_delete",
    answers={204: None},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def delete(who: Caller, *, attribute_key: str) -> None:
    """Delete an attribute, and what every user has there."""
    _admit_change(who)
    delete_attribute(_held(attribute_key).key, by=who.user_id)


def _admit_change(who: Caller) -> None:
    """Refuse who may change no attributes, or signed in too long ago."""
    access.require(who, Permission.SETTINGS_WRITE)
    access.fresh_proof(who)


def _held(key: str) -> Definition:
    """Return an attribute that nobody else changes, if it is as the caller has seen."""
    found = hold_definitions().get(key)
    if found is None:
        raise UnknownAttribute
    refuse_unseen(found.as_json())
    return found


def _said(present: Definition, body: AttributeMembers) -> Definition:
    """Return what a body makes of an attribute; null is what holds unless said."""
    said: dict[str, Any] = body.model_dump(mode="json", exclude_unset=True)
    plain = Definition(present.key)
    for name, value in said.items():
        if value is None:
            said[name] = getattr(plain, name)
    if "choices" in said:
        said["choices"] = tuple(said["choices"])
    return with_changes(present, **said)


def _reply(found: Definition) -> Response:
    """Return an attribute, and which state of it this is."""
    return reply(_answer(found), headers={"ETag": etag_of(found.as_json())})


def _answer(found: Definition) -> AttributeAnswer:
    """Return an attribute as an answer."""
    return AttributeAnswer.model_validate(found.as_json())
