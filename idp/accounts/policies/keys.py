"""Every policy that there is: one entry each (pure).

An entry says what may be decided, where, and which of two decisions is the stricter.
A key of a settings class has that setting's value where no row says otherwise; one that
an operator gave explicitly cannot be changed by a row at the instance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from idp.accounts.policies.kinds import (
    Allowed,
    Choice,
    Domains,
    FieldModes,
    Flag,
    Ids,
    IntegerLimit,
    ValueKind,
)
from idp.accounts.settings import AccountsSettings

T = TypeVar("T")

PASSWORD, LINK, PASSKEY = "password", "link", "passkey"
MAGIC_LINK, PROVIDER = "magic_link", "provider"
OFF, OPTIONAL, REQUIRED = "off", "optional", "required"
HIDDEN = "hidden"
KEEP, CHANGE = "keep", "change"
OPEN, APPROVAL, WAITLIST = "open", "approval", "waitlist"
INVITE, CLOSED = "invite", "closed"
ON = "on"
YEAR = 366 * 86400


class Scope(StrEnum):
    """For whom a policy is: all, or who has to do with one client, role or group.

    About an organization operators decide, and its owners beside them: both hold.
    """

    INSTANCE = "instance"
    ROLE = "role"
    ORGANIZATION = "organization"
    OWNERS = "owners"
    CLIENT = "client"


# An organization decides about what is done in its context, and about nothing else.
OF_ORGANIZATION = frozenset({Scope.ORGANIZATION, Scope.OWNERS})
AT_SIGN_IN = frozenset({Scope.INSTANCE, Scope.ROLE})
OF_PEOPLE = AT_SIGN_IN | OF_ORGANIZATION
EVERYWHERE = OF_PEOPLE | {Scope.CLIENT}
AT_SIGN_UP = EVERYWHERE - {Scope.ROLE}  # nobody has a role yet


@dataclass(frozen=True)
class PolicyKey(Generic[T]):
    """What can be decided under one name.

    ``default`` holds where there is neither row nor setting; None bounds nothing.
    """

    name: str
    title: str
    doc: str
    kind: ValueKind[T]
    scopes: frozenset[Scope]
    settings: type[Any] | None = None
    default: T | None = None


REGISTRATION: PolicyKey[str] = PolicyKey(
    "registration",
    title="Sign-up",
    doc="Who may create an account: `open` lets anyone, `approval` anyone, but an "
    "operator lets each account in, `waitlist` those who asked for a place and were "
    "let in, `invite` those who were invited, `closed` nobody. An "
    "invite is good in all but `closed`. An app decides about sign-ups on the way "
    "there, an organization about who is invited to it, or comes by an app that asks "
    "for it.",
    kind=Choice((OPEN, APPROVAL, WAITLIST, INVITE, CLOSED)),
    scopes=AT_SIGN_UP,
    settings=AccountsSettings,
)
REGISTRATION_DOMAINS: PolicyKey[tuple[str, ...]] = PolicyKey(
    "registration_domains",
    title="Domains of new accounts",
    doc="New accounts have an address at one of these domains, also those of who was "
    "invited. Only an operator makes others.",
    kind=Domains(),
    scopes=AT_SIGN_UP,
    settings=AccountsSettings,
)
USER_FIELDS: PolicyKey[Mapping[str, str]] = PolicyKey(
    "fields",
    title="Fields of users",
    doc="Which fields of the profile, and which attributes by their keys, people are "
    "asked for. `required` ones have to be given at sign-up, and after the next "
    "sign-in by who has an account without them; `optional` ones are asked for at "
    "sign-up and may be left out; `hidden` ones are on no page of a user. What an "
    "attribute says of itself counts too.",
    kind=FieldModes((OPTIONAL, HIDDEN, REQUIRED)),
    scopes=EVERYWHERE,
    default={},
)
REQUIRE_VERIFIED_EMAIL: PolicyKey[bool] = PolicyKey(
    "require_verified_email",
    title="Confirmed email address",
    doc="Sign-ins at apps wait until the email address is confirmed.",
    kind=Flag(),
    scopes=EVERYWHERE,
    settings=AccountsSettings,
)
SESSION_LIFETIME: PolicyKey[int] = PolicyKey(
    "session_lifetime_seconds",
    title="Length of a session",
    doc="A session ends at the latest after this, also one that its user chose to "
    "keep. A client, and the context of an organization, takes a new sign-in when the "
    "last is longer ago; what was given in that context ends then.",
    kind=IntegerLimit(60, YEAR, "seconds"),
    scopes=EVERYWHERE,
    settings=AccountsSettings,
)
SESSION_IDLE: PolicyKey[int] = PolicyKey(
    "session_idle_seconds",
    title="Idle time of a session",
    doc="A session ends when it is not used for this long, also one that its user "
    "chose to keep. The context of an organization takes a new sign-in then; what was "
    "given there ends when it is not used for this long.",
    kind=IntegerLimit(60, YEAR, "seconds"),
    scopes=OF_PEOPLE,
    settings=AccountsSettings,
)
MAX_SESSIONS: PolicyKey[int] = PolicyKey(
    "max_sessions",
    title="Sessions at once",
    doc="So many devices of a user may be signed in; one more ends the oldest.",
    kind=IntegerLimit(1, 1000, "sessions"),
    scopes=AT_SIGN_IN,
)
SIGN_IN_METHODS: PolicyKey[tuple[str, ...]] = PolicyKey(
    "sign_in_methods",
    title="Ways to sign in",
    doc="By `password`; by `link`: one that works once, which an operator hands out or "
    "a reset of the password mails; by `passkey`; by `magic_link`: a link and a code "
    "that users have mailed to themselves; or by another `provider`. Without "
    "`password` nobody can sign up here.",
    kind=Allowed((PASSWORD, LINK, PASSKEY, MAGIC_LINK, PROVIDER)),
    scopes=EVERYWHERE,
    default=(PASSWORD, LINK, PASSKEY, MAGIC_LINK, PROVIDER),
)
IDENTIFIER_FIRST: PolicyKey[bool] = PolicyKey(
    "identifier_first",
    title="Who signs in, on a page of its own",
    doc="The sign-in page asks who signs in, and shows the ways in on the next page.",
    kind=Flag(),
    scopes=frozenset({Scope.INSTANCE, Scope.CLIENT}),
    settings=AccountsSettings,
)
SECOND_FACTOR: PolicyKey[str] = PolicyKey(
    "second_factor",
    title="Second factor",
    doc="Whether signing in takes one: `off` asks nobody, `optional` who has set one "
    "up, `required` everybody: who has none sets one up before anything else.",
    kind=Choice((OFF, OPTIONAL, REQUIRED)),
    scopes=EVERYWHERE,
    default=OPTIONAL,
)
EMAIL_CODE: PolicyKey[str] = PolicyKey(
    "email_code",
    title="Second factor by email",
    doc="Whether a mailed code is taken as the second factor, also of a user who has "
    "set none up. It is weaker than one that is held: it never reaches `aal2`, and is "
    "not offered after a mailed link.",
    kind=Choice((ON, OFF)),
    scopes=EVERYWHERE,
    default=OFF,
)
ACR: PolicyKey[str] = PolicyKey(
    "acr",
    title="Level of a sign-in",
    doc="At least what a sign-in has to be worth: `aal1` takes one factor, `aal2` two. "
    "A trusted browser does not count for it.",
    kind=Choice(("aal1", "aal2")),
    scopes=EVERYWHERE,
    default="aal1",
)
ENROL_GRACE_DAYS: PolicyKey[int] = PolicyKey(
    "enrol_grace_days",
    title="Time to set up a second factor",
    doc="For so many days after sign-up, or after it was required, a user may still "
    "go without the second factor that is required.",
    kind=IntegerLimit(0, 365, "days"),
    scopes=OF_PEOPLE,
    default=0,
)
TRUSTED_BROWSER_DAYS: PolicyKey[int] = PolicyKey(
    "trusted_browser_days",
    title="Trusted browsers",
    doc="For so many days a user may choose not to be asked for the second factor in "
    "a browser again; 0 trusts none. In the context of an organization that allows "
    "fewer days a trusted browser spares nothing.",
    kind=IntegerLimit(0, 365, "days"),
    scopes=OF_PEOPLE,
    default=30,
)
LEAKED_PASSWORD: PolicyKey[str] = PolicyKey(
    "leaked_password",
    title="Leaked passwords",
    doc="Whether who signs in with a password that has leaked elsewhere `keep`s it or "
    "has to `change` it before anything else. New ones that leaked are never taken.",
    kind=Choice((KEEP, CHANGE)),
    scopes=AT_SIGN_IN,
    default=KEEP,
)
PERSONAL_ACCESS_TOKENS: PolicyKey[str] = PolicyKey(
    "personal_access_tokens",
    title="Personal access tokens",
    doc="Whether people may make tokens for scripts of their own, for any scope of any "
    "registered API. `off` also puts out those that there are, until it is `on` again.",
    kind=Choice((ON, OFF)),
    scopes=frozenset({Scope.INSTANCE}),
    default=OFF,
)
ALLOWED_CLIENTS: PolicyKey[tuple[str, ...]] = PolicyKey(
    "allowed_clients",
    title="Allowed apps",
    doc="In the context of the organization these apps alone are used, by client ID; "
    "others are refused, also at their next refresh. The account API is one of them: "
    "`idp-account`.",
    kind=Ids("client IDs"),
    scopes=OF_ORGANIZATION,
)
ALLOWED_PROVIDERS: PolicyKey[tuple[str, ...]] = PolicyKey(
    "allowed_providers",
    title="Allowed providers",
    doc="Of sign-ins by another provider, those by one of these alone open the context "
    "of the organization.",
    kind=Ids("IDs of providers"),
    scopes=OF_ORGANIZATION,
)

KEYS: dict[str, PolicyKey[Any]] = {
    key.name: key
    for key in (
        REGISTRATION,
        REGISTRATION_DOMAINS,
        USER_FIELDS,
        REQUIRE_VERIFIED_EMAIL,
        SIGN_IN_METHODS,
        IDENTIFIER_FIRST,
        SESSION_LIFETIME,
        SESSION_IDLE,
        MAX_SESSIONS,
        SECOND_FACTOR,
        EMAIL_CODE,
        ACR,
        ENROL_GRACE_DAYS,
        TRUSTED_BROWSER_DAYS,
        LEAKED_PASSWORD,
        PERSONAL_ACCESS_TOKENS,
        ALLOWED_CLIENTS,
        ALLOWED_PROVIDERS,
    )
}
