"""What the background worker does, and how often."""

from idp.mail.delivery import deliver_due
from idp.mail.jobs import purge_outbox
from idp.oauth.keys.rotation import rotate_due
from idp.ops.jobs import Job

MAIL_BATCH = 20
PURGE_BATCH = 500
MINUTE = 60.0
HOUR = 60 * MINUTE


def deliver_mail() -> int:
    """Send what waits in the outbox."""
    return deliver_due(MAIL_BATCH)


def rotate_keys() -> int:
    """Make successors of signing keys in time; remove retired ones."""
    return len(rotate_due())


def purge_mail() -> int:
    """Remove letters that left long ago."""
    return purge_outbox(PURGE_BATCH)


JOBS = (
    Job(name="mail", interval_seconds=1, run=deliver_mail, batch=MAIL_BATCH),
    Job(name="keys", interval_seconds=5 * MINUTE, run=rotate_keys),
    Job(name="old mail", interval_seconds=HOUR, run=purge_mail, batch=PURGE_BATCH),
)
