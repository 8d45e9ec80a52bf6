"""What the background worker does, and how often."""

from idp.accounts import jobs as accounts
from idp.accounts import mail_answers
from idp.accounts.lifecycle import approvals
from idp.accounts.lifecycle.approval_notices import tell_operators
from idp.accounts.lifecycle.deletion import ERASED_AT_ONCE, erase_due
from idp.administration import jobs as administration
from idp.administration.daily_counts import count_days
from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.context import current
from idp.federation import jobs as federation
from idp.federation.presence.watch import LOOKED_AT_ONCE, look_up_linked
from idp.mail import jobs as mail
from idp.mail.delivery import deliver_due
from idp.oauth import closing
from idp.oauth import jobs as oauth
from idp.oauth.clients.edits import deletion as deletion_of_clients
from idp.oauth.logout import delivery as logout_delivery
from idp.ops.processes.jobs import Job
from idp.organizations.domains import renewal
from idp.organizations.domains import verification as domains
from idp.organizations.invites import jobs as invites
from idp.organizations.lifecycle import deletion as deletion_of_organizations
from idp.security.ratelimit.counters import Counters, SqlStorage
from idp.security.refusals.looking import BATCH as REFUSALS_AT_ONCE
from idp.security.refusals.looking import purge_refusals

MAIL_BATCH = 20
PURGE_BATCH = 500
MINUTE = 60.0
HOUR = 60 * MINUTE


def _deliver_mail() -> int:
    """Send what waits in the outbox."""
    return deliver_due(MAIL_BATCH)


def _purge_accounts() -> int:
    """Remove old one-time tokens, browser sessions and changes of address."""
    return accounts.purge(utcnow())


def _purge_api_keys() -> int:
    """Remove API keys that ended long ago."""
    return administration.purge(utcnow())


def _purge_invites() -> int:
    """Remove invites that nobody asks about any more."""
    return invites.purge_invites(utcnow())


def _purge_sent_browsers() -> int:
    """Remove what nobody came back for from another provider."""
    return federation.purge(utcnow())


def _purge_answers() -> int:
    """Remove answers to requests that nobody sends again."""
    return administration.purge_answers(utcnow())


def _purge_log() -> int:
    """Remove what the audit log need not know any more."""
    return administration.purge_log(utcnow())


def _purge_refusals() -> int:
    """Remove what was refused too long ago for anybody to ask."""
    return purge_refusals(utcnow())


def _purge_mail() -> int:
    """Remove mails that left long ago."""
    return mail.purge_outbox(PURGE_BATCH)


def _purge_counters() -> int:
    """Remove counters whose window is over; Redis forgets them by itself."""
    storage = current(Counters).shared
    return storage.reset() if isinstance(storage, SqlStorage) else 0


def _check_caches() -> int:
    """Forget what other processes have changed, as web workers do in a thread."""
    current(Caches).check()
    return 0


JOBS = (
    Job(name="caches", interval_seconds=1, run=_check_caches),
    Job(
        name="mail requests",
        interval_seconds=1,
        run=mail_answers.answer_due,
        batch=mail_answers.BATCH,
    ),
    Job(name="mail", interval_seconds=1, run=_deliver_mail, batch=MAIL_BATCH),
    Job(
        name="logout notices",
        interval_seconds=1,
        run=logout_delivery.deliver_due,
        batch=logout_delivery.PER_CLIENT,
    ),
    Job(name="daily counts", interval_seconds=MINUTE, run=count_days, in_turns=True),
    Job(name="keys", interval_seconds=5 * MINUTE, run=oauth.rotate_keys),
    Job(
        name="expired tokens",
        interval_seconds=10 * MINUTE,
        run=oauth.purge_expired,
        batch=oauth.BATCH,
        in_turns=True,
    ),
    Job(
        name="sessions run out",
        interval_seconds=MINUTE,
        run=accounts.end_sessions_run_out,
        batch=accounts.ENDED_AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="old sessions",
        interval_seconds=HOUR,
        run=_purge_accounts,
        batch=accounts.BATCH,
        in_turns=True,
    ),
    Job(
        name="account erasure",
        interval_seconds=HOUR,
        run=erase_due,
        batch=ERASED_AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="organization erasure",
        interval_seconds=HOUR,
        run=deletion_of_organizations.erase_due,
        batch=deletion_of_organizations.ERASED_AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="closed organizations",
        interval_seconds=MINUTE,
        run=closing.end_some,
        batch=closing.ENDED_AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="client erasure",
        interval_seconds=MINUTE,
        run=deletion_of_clients.erase_some,
        batch=deletion_of_clients.AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="accounts not approved",
        interval_seconds=HOUR,
        run=approvals.expire_due,
        batch=approvals.EXPIRED_AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="approval notices",
        interval_seconds=10 * MINUTE,
        run=tell_operators,
        in_turns=True,
    ),
    Job(
        name="old API keys",
        interval_seconds=HOUR,
        run=_purge_api_keys,
        batch=administration.BATCH,
        in_turns=True,
    ),
    Job(
        name="old invites",
        interval_seconds=HOUR,
        run=_purge_invites,
        batch=invites.BATCH,
        in_turns=True,
    ),
    Job(
        name="sign-ins elsewhere",
        interval_seconds=10 * MINUTE,
        run=_purge_sent_browsers,
        in_turns=True,
    ),
    Job(
        name="directories",
        interval_seconds=5 * MINUTE,
        run=look_up_linked,
        batch=LOOKED_AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="organization domains",
        interval_seconds=HOUR,
        run=domains.check_due,
        batch=domains.BATCH,
        in_turns=True,
    ),
    Job(
        name="organization domains by mail",
        interval_seconds=HOUR,
        run=renewal.renew_due,
        batch=renewal.BATCH,
        in_turns=True,
    ),
    Job(
        name="old answers",
        interval_seconds=10 * MINUTE,
        run=_purge_answers,
        batch=administration.BATCH,
        in_turns=True,
    ),
    Job(
        name="old audit rows",
        interval_seconds=HOUR,
        run=_purge_log,
        batch=administration.BATCH,
        in_turns=True,
    ),
    Job(
        name="old refusals",
        interval_seconds=HOUR,
        run=_purge_refusals,
        batch=REFUSALS_AT_ONCE,
        in_turns=True,
    ),
    Job(
        name="old mail",
        interval_seconds=HOUR,
        run=_purge_mail,
        batch=PURGE_BATCH,
        in_turns=True,
    ),
    Job(
        name="counters",
        interval_seconds=10 * MINUTE,
        run=_purge_counters,
        in_turns=True,
    ),
)
