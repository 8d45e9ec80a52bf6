"""One request, one unit of work: kept when its view returns, undone when it raises.

Views and the rules below them never commit. A refusal that must be remembered is
returned: what was written about it stays. One that is raised undoes everything, and
leaves at most its trace (``core.errors.Trace``).
"""

from idp.core.db import commit_if_used, db
from idp.core.errors import IdpError
from idp.security import audit
from idp.web.browser.session import current_session, record_use


def keep() -> None:
    """Commit what this request did, and that its session is in use."""
    record_use()
    commit_if_used()


def undo() -> None:
    """Forget what a refused rule had begun, where its form is shown again."""
    db.session.rollback()


def leave_trace(refusal: IdpError) -> None:
    """Undo what was done before a refusal, then record what is to be known of it."""
    undo()
    if refusal.trace:
        event, user_id, detail = refusal.trace
        live = current_session()
        whose = user_id or (live.user_id if live else None)
        audit.record(event, outcome="refused", user_id=whose, **detail)
        commit_if_used()
