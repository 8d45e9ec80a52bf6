"""What an account is to be, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from idp.accounts.addresses.availability import address_problem
from idp.accounts.errors import InvalidInput
from idp.accounts.leaked_passwords import leaked_problem
from idp.accounts.names import (
    canonical_email,
    name_of_parts,
    name_problem,
    username_problem,
)
from idp.accounts.password_policy import (
    evident_problem,
    guessable_problem,
    password_problem,
    person_words,
)
from idp.accounts.profile.attributes.written import attribute_problems
from idp.accounts.profile.fields import FIELDS, profile_problem
from idp.accounts.profile.rules import (
    FOR_OPERATORS,
    FieldRules,
    hidden_errors,
    is_attribute,
    lacking,
    required_errors,
)
from idp.accounts.settings import AccountsSettings
from idp.accounts.terms.documents import Versions
from idp.core.branding.instance import issuer_name
from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.hashing import too_long
from idp.core.settings.server import ServerSettings
from idp.core.text import without_ignorable
from idp.security.ratelimit.meters import Meter

NAME_PARTS = ("given_name", "middle_name", "family_name")
OWN = ("username", "name", *NAME_PARTS, "profile")  # fields of a NewAccount itself


@dataclass(frozen=True)
class NewAccount:
    """What an account is to be; the texts are as they were typed.

    ``further`` are the other fields of a profile by name. ``accepted`` are the versions
    of the terms that who signs up accepts; an operator accepts for nobody.
    """

    email: str
    password: str | None = None
    username: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    middle_name: str | None = None
    profile: str | None = None
    further: Mapping[str, Any] | None = None
    attributes: Mapping[str, Any] | None = None
    accepted: Versions | None = None

    @property
    def said(self) -> dict[str, Any]:
        """Return the fields of a profile that have a value, by name."""
        fields = {name: getattr(self, name) for name in OWN} | dict(self.further or {})
        return {name: value for name, value in fields.items() if value}

    def saying(self, fields: Mapping[str, Any]) -> "NewAccount":
        """Return it with fields of a profile by name."""
        own = {name: value for name, value in fields.items() if name in OWN}
        others = {name: value for name, value in fields.items() if name not in OWN}
        return replace(self, **own, further={**(self.further or {}), **others} or None)

    def trimmed(self) -> "NewAccount":
        """Return it trimmed, an empty name as none; one not given is of its parts."""
        given, family = _trimmed(self.given_name), _trimmed(self.family_name)
        return replace(
            self,
            email=canonical_email(self.email),
            username=without_ignorable(self.username or "") or None,
            name=_trimmed(self.name) or name_of_parts(given, family),
            given_name=given,
            family_name=family,
            middle_name=_trimmed(self.middle_name),
            profile=_trimmed(self.profile),
        )


def refuse_problems(found: Iterable[FieldError]) -> None:
    """Raise InvalidInput with all problems, if there are any."""
    errors = list(found)
    if errors:
        raise InvalidInput(errors)


def account_problems(
    wanted: NewAccount, *, rules: FieldRules = FOR_OPERATORS
) -> Iterator[FieldError]:
    """Yield what no account can be, and what ``rules`` ask for that is missing."""
    found = [address_problem(wanted.email)]
    if wanted.username:
        found.append(username_problem(wanted.username))
    found += _name_problems(wanted)
    found.append(profile_problem("profile", wanted.profile))
    for field, value in (wanted.further or {}).items():
        found.append(_further_problem(field, value))
    found += hidden_errors(wanted.said, rules)
    needed = [name for name in rules.needed_at_sign_up if not is_attribute(name)]
    found += required_errors(lacking(needed, wanted.said, attributes={}))
    found += attribute_problems(wanted.attributes or {}, rules)
    if wanted.password and too_long(wanted.password):
        found.append(password_problem(wanted.password, minimum=0))
    yield from filter(None, found)


def sign_up_problems(
    wanted: NewAccount,
    *,
    minimum: int,
    tries: Meter | None,
    rules: FieldRules = FOR_OPERATORS,
) -> Iterator[FieldError]:
    """Yield what is wrong with a sign-up, in the order of the form.

    One is counted on ``tries`` before the password is looked at closely, and hashed:
    that is what costs. Raises RateLimited.
    """
    problem = None
    for problem in _evident_problems(wanted, minimum=minimum, rules=rules):
        yield problem
    if problem is None or problem.field != "password":
        if tries:
            tries.count()
        password = wanted.password or ""
        yield from filter(
            None, [guessable_problem(password) or leaked_problem(password)]
        )


def evident_problems(wanted: NewAccount, *, rules: FieldRules) -> list[FieldError]:
    """Return of that what costs nothing to see."""
    minimum = current(AccountsSettings).password_min_length
    return [*_evident_problems(wanted.trimmed(), minimum=minimum, rules=rules)]


def _evident_problems(
    wanted: NewAccount, *, minimum: int, rules: FieldRules
) -> Iterator[FieldError]:
    """Yield the same of a sign-up that is trimmed, the password last."""
    found = account_problems(wanted, rules=rules)
    yield from (problem for problem in found if problem.field != "password")
    server = current(ServerSettings)
    names = person_words(email=wanted.email, username=wanted.username, name=wanted.name)
    context = [*names, server.issuer_name, issuer_name(), server.issuer_host]
    problem = evident_problem(wanted.password or "", minimum=minimum, context=context)
    if problem:
        yield problem


def _name_problems(wanted: NewAccount) -> Iterator[FieldError]:
    """Yield what is wrong with the names; one made of its parts is judged by them."""
    made = wanted.name == name_of_parts(wanted.given_name, wanted.family_name)
    for field in NAME_PARTS if made else ("name", *NAME_PARTS):
        problem = name_problem(getattr(wanted, field) or "")
        if problem:
            yield replace(problem, field=field)


def _further_problem(field: str, value: object) -> FieldError | None:
    """Say why a further field does not take a value, or that there is no such field."""
    if field not in FIELDS:
        return FieldError(field, "unknown_field", word="profile.unknown_field")
    return profile_problem(field, value)


def _trimmed(text: str | None) -> str | None:
    """Return text without white space around it, None if nothing is left."""
    return (text or "").strip() or None
