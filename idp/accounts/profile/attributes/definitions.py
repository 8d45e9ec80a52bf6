"""What an operator says of an attribute, and what is wrong with that (pure)."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from idp.accounts.profile.fields import FIELDS, LOCALE
from idp.core.errors import FieldError, IdpError
from idp.core.text import name_flaw, worded

MAX_KEY, MAX_TEXT, MAX_CHOICES, MAX_LANGUAGES = 64, 255, 100, 50
KEY = re.compile(r"[a-z][a-z0-9_]*")
TOKEN = re.compile(r"[!#-\[\]-~]+")  # of a scope value (RFC 6749 §3.3), and a claim
DEFAULT_LANGUAGE = "en"
# Names that a sign-up has already, and what a token says of itself or a user: RFC 7519
# §4.1, RFC 8693 §4, RFC 9068 §2.2, OIDC Core §2, §5.1, OIDC Back-Channel Logout §2.4.
RESERVED_KEYS = frozenset({*FIELDS, "email", "password", "attributes"})
RESERVED_CLAIMS = frozenset(
    [
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "azp",
        "sid",
        "at_hash",
        "c_hash",
        "s_hash",
        "client_id",
        "grant_id",
        "scope",
        "cnf",
        "act",
        "may_act",
        "events",
        "roles",
        "groups",
        "entitlements",
        "organizations",
        "org_id",
        "org_roles",
        "email",
        "email_verified",
        "phone_number",
        "phone_number_verified",
        "preferred_username",
        "updated_at",
        "_claim_names",
        "_claim_sources",
    ]
) | {name for name in FIELDS if name != "username"}


class AttributeType(StrEnum):
    """What the values of an attribute are."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


class Editor(StrEnum):
    """Who writes the values: users of their own, or operators alone."""

    USER = "user"
    ADMIN = "admin"


class RequiredAt(StrEnum):
    """When users are asked for a value that they have not given."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    NEVER = "never"


class InvalidAttribute(IdpError):
    """A definition that cannot be; ``errors`` has each mistake."""

    code = "invalid_attribute"
    status = HTTPStatus.BAD_REQUEST
    title = "The attribute cannot be saved."


@dataclass(frozen=True)
class Definition:
    """One attribute of users; ``label`` is by language tag."""

    key: str
    type: str = AttributeType.TEXT
    label: Mapping[str, str] | None = None
    choices: tuple[str, ...] = ()
    claim: str | None = None
    scope: str | None = None
    editable_by: str = Editor.USER
    required_at: str = RequiredAt.NEVER

    @property
    def labels(self) -> Mapping[str, str]:
        """Return what it is called, by language; the key where nothing is said."""
        return self.label or {DEFAULT_LANGUAGE: self.key}

    def label_in(self, language: str) -> str:
        """Return what it is called in a language, else in English, else in any."""
        tags = (language, language.partition("-")[0], DEFAULT_LANGUAGE, *self.labels)
        return next(self.labels[tag] for tag in tags if tag in self.labels)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is declared."""
        said = asdict(self) | {"label": dict(self.labels)}
        return said | {"choices": list(self.choices)}


def mistakes_in(
    wanted: Definition, *, before: Definition | None, scopes: Collection[str]
) -> Iterator[FieldError]:
    """Yield all that is wrong; ``before`` is what it is to change, None for a new one.

    ``scopes`` are the scope values that can open a claim.
    """
    yield from _wrong_key(wanted.key)
    yield from _wrong_type(wanted, before)
    yield from _wrong_label(wanted.label)
    yield from _wrong_choices(wanted)
    yield from _wrong_claim(wanted, scopes)
    for field, kind in (("editable_by", Editor), ("required_at", RequiredAt)):
        if getattr(wanted, field) not in list(kind):
            known = ", ".join(kind)
            yield _error(field, worded("must be one of %(known)s", known=known))
    if wanted.editable_by == Editor.ADMIN and wanted.required_at != RequiredAt.NEVER:
        hint = worded("must be never: users cannot write it")
        yield _error("required_at", hint)


def is_shown(text: object, *, most: int = MAX_TEXT) -> bool:
    """Tell whether this is a line of text to show to people."""
    return isinstance(text, str) and len(text) <= most and name_flaw(text) is None


def _wrong_key(key: str) -> Iterator[FieldError]:
    """Yield why this cannot name a value."""
    if len(key) > MAX_KEY or not KEY.fullmatch(key):
        hint = worded(
            "must begin with a small letter, and have small letters, digits and "
            "underscores, at most %(most)s",
            most=MAX_KEY,
        )
        yield _error("key", hint)
    elif key in RESERVED_KEYS:
        yield _error("key", worded("is a field of every profile already"))


def _wrong_type(wanted: Definition, before: Definition | None) -> Iterator[FieldError]:
    """Yield why values cannot be of this type; those that there are stay."""
    if wanted.type not in list(AttributeType):
        known = ", ".join(AttributeType)
        yield _error("type", worded("must be one of %(known)s", known=known))
    elif before and before.type != wanted.type:
        yield _error(
            "type", worded("cannot change: there may be values of the old one")
        )


def _wrong_label(label: Mapping[str, str] | None) -> Iterator[FieldError]:
    """Yield why people cannot be shown these words."""
    if label is None:
        return
    tagged = all(map(LOCALE.fullmatch, label))
    if not label or len(label) > MAX_LANGUAGES or not tagged:
        yield _error("label", worded("must be text by language, like en or de-CH"))
    elif not all(map(is_shown, label.values())):
        hint = worded("must be lines of 1 to %(most)s characters", most=MAX_TEXT)
        yield _error("label", hint)


def _wrong_choices(wanted: Definition) -> Iterator[FieldError]:
    """Yield why there is nothing to choose from."""
    choices = wanted.choices
    if wanted.type != AttributeType.CHOICE:
        if choices:
            yield _error("choices", worded("are of the type choice alone"))
        return
    distinct = len(set(choices)) == len(choices) and all(map(is_shown, choices))
    if not 1 <= len(choices) <= MAX_CHOICES or not distinct:
        hint = worded("must be 1 to %(most)s different lines of text", most=MAX_CHOICES)
        yield _error("choices", hint)


def _wrong_claim(wanted: Definition, scopes: Collection[str]) -> Iterator[FieldError]:
    """Yield why apps cannot be told the value so."""
    claim, scope = wanted.claim, wanted.scope
    if claim is not None:
        if not TOKEN.fullmatch(claim) or len(claim) > MAX_TEXT:
            hint = worded("must be 1 to %(most)s ASCII characters", most=MAX_TEXT)
            yield _error("claim", hint)
        elif claim in RESERVED_CLAIMS:
            yield _error("claim", worded("means something else already"))
    if scope is None:
        return
    if claim is None:
        yield _error("scope", worded("opens nothing without a claim"))
    elif scope not in scopes:
        yield _error("scope", worded("there is no such scope"))


def _error(field: str, message: str) -> FieldError:
    """Return the error of one member."""
    return FieldError(field, InvalidAttribute.code, message)
