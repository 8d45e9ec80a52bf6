"""What scope values mean to the user who is asked for them, and which are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext, lazy_gettext

from idp.accounts.groups.members import group_names
from idp.accounts.models import User
from idp.accounts.profile.attributes.registry import definitions
from idp.oauth.apis.view import ApiView, Description, words_in
from idp.oauth.custom_scopes.vocabulary import vocabulary
from idp.oauth.protocol.scopes import ACCOUNT
from idp.organizations.contexts.places import shared_places
from idp.web.i18n import page_lang

TITLES = {
    "openid": lazy_gettext("Know that it’s you"),
    "profile": lazy_gettext("See your name and profile"),
    "email": lazy_gettext("See your email address"),
    "address": lazy_gettext("See your postal address"),
    "phone": lazy_gettext("See your phone number"),
    "groups": lazy_gettext("See which groups you are in"),
    "organizations": lazy_gettext("See your organizations and your roles there"),
    "offline_access": lazy_gettext("Keep this access while you’re away"),
    # Of an app that is not first-party: the two parts.
    "account": lazy_gettext("See your account and change your profile"),
    "account:read": lazy_gettext("See your account, devices, apps and activity"),
    "account:profile": lazy_gettext("Change your name and profile"),
}
WHOLE_ACCOUNT = lazy_gettext("See and manage all of your account")
KEPT = "keep-"  # begins the field of an optional value


@dataclass(frozen=True)
class ScopeItem:
    """One line of the consent page.

    An ``optional`` one can be left out; it is ``kept`` unless they did so
    the last time.
    """

    name: str
    title: str
    detail: str | None
    new: bool
    optional: bool
    kept: bool


def scope_items(
    scope: str,
    *,
    apis: Sequence[ApiView],
    user: User,
    known: frozenset[str],
    declined: frozenset[str],
    optional: frozenset[str],
) -> list[ScopeItem]:
    """Return the lines for ``scope``; what was asked for before is not new.

    Nothing is tagged for a client that never asked: all of it would be.
    """
    return [
        ScopeItem(
            name=name,
            title=_meaning_at(apis, name) or title_of(name),
            detail=_detail_of(name, user) or _labels_of(name) or _api_with(apis, name),
            new=bool(known) and name not in known | declined,
            optional=name in optional,
            kept=name not in declined,
        )
        for name in scope.split(" ")
    ]


def api_items(
    apis: Sequence[ApiView], *, known: frozenset[str], named: frozenset[str]
) -> list[ScopeItem]:
    """Return a line for each API that tokens are to be for."""
    return [
        ScopeItem(
            name=api.identifier,
            title=str(gettext("Act for you at %(api)s", api=api.name)),
            detail=api.identifier,
            new=bool(known) and api.identifier not in named,
            optional=False,
            kept=True,
        )
        for api in apis
    ]


def kept_values() -> set[str]:
    """Return the optional scope values whose boxes are ticked."""
    return {name.removeprefix(KEPT) for name in request.form if name.startswith(KEPT)}


def title_of(name: str, *, first_party: bool = False) -> str:
    """Return one scope value in words."""
    if first_party and name == ACCOUNT:
        return str(WHOLE_ACCOUNT)
    described = words_in(vocabulary().descriptions.get(name, {}), language=page_lang())
    title = TITLES.get(name) or described
    return str(title or gettext("Use “%(scope)s”", scope=name))


def scope_words(scopes: Mapping[str, Description], name: str) -> str:
    """Return one scope value of an API as the API says it, in the page's language."""
    return words_in(scopes.get(name, {}), language=page_lang()) or title_of(name)


def _meaning_at(apis: Sequence[ApiView], name: str) -> str | None:
    """Return what an API says of a scope value, in the page's language."""
    words = (api.describe(name, language=page_lang()) for api in apis)
    return next(filter(None, words), None)


def _labels_of(name: str) -> str | None:
    """Return what a scope value of operators opens, as users call it."""
    known = vocabulary()
    if name not in known.descriptions:
        return None
    keys = [known.keys[claim] for claim in known.opened[name] if claim in known.keys]
    labels = [definitions()[key].label_in(page_lang()) for key in keys]
    return ", ".join(labels) or None


def _api_with(apis: Sequence[ApiView], name: str) -> str | None:
    """Return the name of the API where a scope value means something."""
    return next((api.name for api in apis if name in api.scopes), None)


def _account_detail(_user: User) -> str:
    """Return what ``openid`` gives away."""
    return str(gettext("It learns an account number, by which it knows you again."))


def _profile_detail(user: User) -> str | None:
    """Return how the client will call the user."""
    return user.name or user.username


def _email_detail(user: User) -> str:
    """Return the address."""
    return _verified(user.email, proven=user.email_verified_at is not None)


def _address_detail(user: User) -> str:
    """Return the postal address in one line."""
    return (user.address or {}).get("formatted") or str(gettext("None is stored."))


def _phone_detail(user: User) -> str:
    """Return the phone number."""
    if user.phone_number is None:
        return str(gettext("None is stored."))
    return _verified(
        user.phone_number, proven=user.phone_number_verified_at is not None
    )


def _groups_detail(user: User) -> str:
    """Return the names of the groups."""
    return ", ".join(group_names(user.id)) or str(gettext("You are in none."))


def _organizations_detail(user: User) -> str:
    """Return the names of the organizations."""
    names = [place.name for place in shared_places(user.id)]
    return ", ".join(names) or str(gettext("You are in none."))


def _offline_detail(_user: User) -> str:
    """Return what ``offline_access`` amounts to (OIDC Core §11)."""
    return str(gettext("Also after you sign out here, until you take it back."))


def _verified(value: str, *, proven: bool) -> str:
    """Return a value with the word on whether it was confirmed."""
    if proven:
        return str(gettext("%(value)s (verified)", value=value))
    return str(gettext("%(value)s (not verified)", value=value))


DETAILS: dict[str, Callable[[User], str | None]] = {
    "openid": _account_detail,
    "profile": _profile_detail,
    "email": _email_detail,
    "address": _address_detail,
    "phone": _phone_detail,
    "groups": _groups_detail,
    "organizations": _organizations_detail,
    "offline_access": _offline_detail,
}


def _detail_of(name: str, user: User) -> str | None:
    """Return the very data that the client would see, or what a scope amounts to."""
    describe = DETAILS.get(name)
    return describe(user) if describe else None
