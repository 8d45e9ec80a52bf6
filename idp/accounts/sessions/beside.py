"""The sessions that a browser keeps when it signs in as somebody else.

They get new cookie tokens with the sign-in, as at a switch: of a sign-in and a switch
in two tabs at once one counts, and the cookies of neither undo the other's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from sqlalchemy import bindparam, select

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.find import LiveSession, find_session
from idp.accounts.sessions.switch import give_token
from idp.core.db import db, table_of
from idp.core.errors import IdpError
from idp.core.randomness import new_token

sessions = table_of(BrowserSession)

HOLD = (
    select(sessions.c.id)
    .where(sessions.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(sessions.c.id)
    .with_for_update()
)


class SwitchedMeanwhile(IdpError):
    """A sign-in beside which another tab has changed which account is active."""

    code = "switched_meanwhile"
    status = HTTPStatus.CONFLICT
    title = "Another window switched accounts at the same moment. Sign in once more."


@dataclass(frozen=True)
class Beside:
    """A session that stays, and the token that was made for its cookie."""

    session: LiveSession
    token: str = field(repr=False)


def hold_own(own: LiveSession, kept: Sequence[LiveSession]) -> None:
    """Let nobody switch from, or to, a session that is renewed and those beside it.

    Nothing is written. A switch takes them in the same order.
    """
    if kept:
        db.session.execute(HOLD, {"ids": [own.id, *(live.id for live in kept)]})


def keep_beside(kept: Sequence[LiveSession]) -> tuple[Beside, ...]:
    """Give sessions that stay in the browser new tokens; those that are over go.

    Raises SwitchedMeanwhile where the browser has others by now: the caller undoes
    what was written.
    """
    tokens = {}
    for live in sorted(kept, key=lambda live: live.id):
        token = new_token()
        if give_token(live, token):
            tokens[live.id] = token
        elif find_session(live.id):
            raise SwitchedMeanwhile
    return tuple(Beside(live, tokens[live.id]) for live in kept if live.id in tokens)
