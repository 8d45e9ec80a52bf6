"""Users make personal access tokens, if the policy of the instance allows them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import func, select

from idp.accounts.errors import InvalidInput, NotSignedIn
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.guard import STILL_UNCHANGED
from idp.accounts.sign_in.reauthentication import require_fresh
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import begin_writing, db, table_of
from idp.core.errors import FieldError, IdpError
from idp.core.randomness import digest, new_token
from idp.core.settings.server import ServerSettings
from idp.core.text import name_flaw
from idp.mail import outbox
from idp.oauth.models import Api, ApiScope, PersonalToken
from idp.oauth.personal_tokens.registry import ListedToken, kept_of, listed_token
from idp.oauth.personal_tokens.use import MARK, allowed
from idp.security import audit
from idp.security.requester import Requester

SHOWN = len(MARK) + 6  # characters of a token that lists show
LONGEST_NAME = 100
LONGEST = timedelta(days=366)
USUAL = timedelta(days=90)
MOST = 50  # of one user at a time

tokens = table_of(PersonalToken)


class PersonalTokensOff(IdpError):
    """A new token where the policy of the instance allows none."""

    code = "personal_access_tokens_off"
    status = HTTPStatus.FORBIDDEN
    title = "Personal access tokens are switched off here."


class TooManyTokens(IdpError):
    """One token more than a user may have."""

    code = "too_many_tokens"
    status = HTTPStatus.CONFLICT
    title = "You have as many tokens as there can be. Revoke one first."


@dataclass(frozen=True)
class WantedToken:
    """What a token is to be; ``resource`` is the identifier of its API.

    Without ``expires_at`` it is good for ninety days.
    """

    name: str
    resource: str
    scopes: Iterable[str]
    expires_at: datetime | None = None


@dataclass(frozen=True)
class MadeToken:
    """A new token with its text, which is told this once."""

    token: ListedToken
    text: str


def create_token(
    wanted: WantedToken, live: LiveSession, *, requester: Requester
) -> MadeToken:
    """Make a token for who is signed in, and mail them that.

    Raises PersonalTokensOff, ReauthenticationRequired, InvalidInput with every mistake,
    TooManyTokens, and NotSignedIn when the account changed meanwhile.
    """
    if not allowed():
        raise PersonalTokensOff
    require_fresh(live)
    _hold_owner(live)
    until = wanted.expires_at or utcnow() + USUAL
    api, has = _find_api(wanted.resource)
    named = sorted(set(wanted.scopes))
    errors = [
        *_mistakes_in_name(wanted.name),
        *_mistakes_in_scopes(named, api=api, has=has),
        *_mistakes_in_end(until),
    ]
    if errors or api is None:
        raise InvalidInput(errors)
    text = f"{MARK}{new_token()}"
    row = PersonalToken(
        user_id=live.user_id,
        api_id=api.id,
        name=wanted.name.strip(),
        prefix=text[:SHOWN],
        digest=digest(text),
        scopes=named,
        expires_at=until,
    )
    db.session.add(row)
    db.session.flush()
    made = listed_token(row, api, has=has)
    after = kept_of(made)
    audit.record("token.created", user_id=live.user_id, token_id=row.id, after=after)
    _notify_owner(live, requester=requester)
    return MadeToken(made, text)


def _hold_owner(live: LiveSession) -> None:
    """Let the account not change until the commit, and count its tokens.

    Raises NotSignedIn when it is another by now than the session saw, TooManyTokens.
    """
    begin_writing()
    hold_user(live.user_id)
    seen = {"of_user": live.user_id, "seen_version": live.security_version}
    if not db.session.scalar(select(STILL_UNCHANGED), seen):
        raise NotSignedIn
    counted = select(func.count()).where(
        tokens.c.user_id == live.user_id, tokens.c.expires_at > utcnow()
    )
    if (db.session.scalar(counted) or 0) >= MOST:
        raise TooManyTokens


def _find_api(identifier: str) -> tuple[Api | None, Sequence[str]]:
    """Return an API, which is not deleted before the commit, and its scope values."""
    named = select(Api).where(Api.identifier == identifier)
    held = named.with_for_update(read=True, key_share=True)
    api = db.session.scalars(held).one_or_none()
    if api is None:
        return None, ()
    of_api = select(ApiScope.name).where(ApiScope.api_id == api.id)
    return api, db.session.scalars(of_api).all()


def _mistakes_in_name(typed: str) -> Iterator[FieldError]:
    """Yield what is wrong with a name."""
    name = typed.strip()
    if not name:
        yield FieldError("name", "missing", word="token.name_missing")
    if len(name) > LONGEST_NAME:
        values: dict[str, object] = {"max": LONGEST_NAME}
        yield FieldError("name", "too_long", values=values, word="name.too_long")
    elif name and (flaw := name_flaw(name)):
        yield FieldError("name", flaw)


def _mistakes_in_scopes(
    named: Sequence[str], *, api: Api | None, has: Iterable[str]
) -> Iterator[FieldError]:
    """Yield what is wrong with the API and the scope values."""
    if api is None:
        yield FieldError("resource", "unknown", word="token.resource_unknown")
    elif not named:
        yield FieldError("scope", "missing", word="token.scope_missing")
    for name in sorted(set(named).difference(has)) if api else ():
        values: dict[str, object] = {"scope": name}
        yield FieldError("scope", "unknown", values=values, word="token.scope_unknown")


def _mistakes_in_end(until: datetime) -> Iterator[FieldError]:
    """Yield what is wrong with the moment when a token is to end."""
    now = utcnow()
    if not now < until <= now + LONGEST:
        yield FieldError("expires_at", "invalid", word="api_key.expires_at")


def _notify_owner(live: LiveSession, *, requester: Requester) -> None:
    """Mail the owner, who may be another than the requester."""
    outbox.send(
        "token_created",
        to=live.email,
        link=f"{current(ServerSettings).issuer}/account/tokens",
        display_name=live.name,
        locales=(live.locale, requester.language),
        requester=requester.description,
    )
