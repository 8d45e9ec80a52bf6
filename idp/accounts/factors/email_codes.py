"""Codes that are mailed as a second factor: weaker than one that is held.

Six digits for one sign-in, or one session, that waits for them (``bound_to``). A
mailbox is no authenticator (SP 800-63B §3.1.3.1), so policies have to allow it.
"""

from idp.accounts import one_time_tokens
from idp.accounts.factors.locks import count_try
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security.ratelimit.budgets import FACTOR_MAIL
from idp.security.requester import Requester

PURPOSE = "second_factor"
SECONDS = 600
BOUND_TO = "bound_to"


def send(
    user: SessionUser, *, bound_to: str, requester: Requester, return_to: str
) -> None:
    """Mail a code to the primary address; an earlier one is void. Raises RateLimited.

    Counted before the first write.
    """
    mails = FACTOR_MAIL.meter(user.user_id)
    mails.check()
    mails.count()
    issued = one_time_tokens.issue(
        user.user_id, purpose=PURPOSE, seconds=SECONDS, data={BOUND_TO: bound_to}
    )
    page = "/login/second-factor?method=email_code"
    outbox.send(
        "second_factor_code",
        to=user.email,
        link=f"{current(ServerSettings).issuer}{page}",
        code=issued.code,
        expires_at=issued.expires_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
        return_to=return_to,
    )


def is_sent(user_id: str, *, bound_to: str) -> bool:
    """Tell whether a code was mailed that could be used now."""
    waiting = one_time_tokens.find_newest(user_id, purpose=PURPOSE)
    return waiting is not None and waiting.data[BOUND_TO] == bound_to


def is_right(user_id: str, code: str, *, bound_to: str) -> bool:
    """Tell whether a code could be used now; nothing is counted."""
    found = one_time_tokens.find_by_code(user_id, code, purpose=PURPOSE)
    return found is not None and found.data[BOUND_TO] == bound_to


def use(user_id: str, code: str, *, bound_to: str) -> bool:
    """Take a code once; False when it is none, was used, or is for something else.

    Counted before it is judged; raises RateLimited while the factor is locked.
    """
    tried = count_try(user_id, Method.EMAIL_CODE)
    spent = one_time_tokens.spend_code(user_id, code, purpose=PURPOSE)
    if spent is None or spent.data[BOUND_TO] != bound_to:
        tried.failed()
        return False
    tried.passed()
    return True
