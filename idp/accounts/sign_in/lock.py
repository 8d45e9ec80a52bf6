"""The end of guessing: an account that takes no password tells its owner why.

Anybody can bring it about, and the refusal tells nobody (security.md §6), so the owner
hears of it by mail. A new password, by the mailbox, opens the account.
"""

from contextlib import suppress

from idp.accounts.users import get_user
from idp.core.context import current
from idp.core.errors import RateLimited
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.ratelimit.budgets import ACCOUNT_LOCK_NOTICE
from idp.security.requester import Requester


def notify_locked_out(user_id: str, *, requester: Requester) -> None:
    """Mail the owner of an account that takes no password, once a week at most.

    Call it before the first write: the count is kept whatever becomes of the request.
    """
    notices_sent = ACCOUNT_LOCK_NOTICE.meter(user_id)
    with suppress(RateLimited):
        notices_sent.check()
        notices_sent.count()
        _notify(user_id, requester=requester)


def _notify(user_id: str, *, requester: Requester) -> None:
    """Record the lock and mail the owner."""
    user = get_user(user_id)
    audit.record("user.locked", user_id=user_id)
    outbox.send(
        "account_locked",
        to=user.email,
        link=f"{current(ServerSettings).issuer}/forgot-password",
        display_name=user.name,
        locales=(user.locale, requester.language),
    )
