"""Looking linked users up in their directories, in turns; a job of the worker.

A directory that is away, or that shows nobody, says nothing of anybody: all stays as it
was, until it answers.
"""

import logging
from datetime import timedelta

from sqlalchemy import or_, select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.federation.ldap.asking import DirectoryFailed
from idp.federation.ldap.disabled import is_disabled
from idp.federation.ldap.settings import directory_of
from idp.federation.ldap.subjects import find_by_subjects
from idp.federation.models import LinkedIdentity
from idp.federation.presence.marks import WatchedLink, mark_gone, mark_there
from idp.federation.providers.offered import list_directories
from idp.federation.providers.provider import Provider

LOOKED_AT_ONCE = 1000
IN_ONE_SEARCH = 100
AFTER = timedelta(minutes=4)

log = logging.getLogger(__name__)


def look_up_linked() -> int:
    """Look up who was not looked up lately; return of how many, in one directory."""
    return max(map(_look_up, list_directories()), default=0)


def _look_up(provider: Provider) -> int:
    """Look up users of one directory, until it fails or there were many."""
    looked = 0
    while looked < LOOKED_AT_ONCE:
        due = _due(provider)
        db.session.commit()  # no connection is held while the directory is asked
        if not due:
            break
        try:
            _compare(provider, due)
        except DirectoryFailed as failed:
            told = {"provider": provider.id, "step": failed.step.value}
            log.warning("directory failed", extra=told | {"reason": failed.reason})
            return 0
        looked += len(due)
    return looked


def _due(provider: Provider) -> list[WatchedLink]:
    """Return links of a directory, those first that were looked up longest ago."""
    column = LinkedIdentity.checked_at
    rows = db.session.scalars(
        select(LinkedIdentity)
        .where(
            LinkedIdentity.provider_id == provider.id,
            or_(column.is_(None), column < utcnow() - AFTER),
        )
        .order_by(column.asc().nulls_first(), LinkedIdentity.id)
        .limit(IN_ONE_SEARCH)
    )
    return list(map(WatchedLink.of, rows))


def _compare(provider: Provider, due: list[WatchedLink]) -> None:
    """Ask for the users of some links, and do what follows."""
    subjects = [link.subject for link in due]
    found = find_by_subjects(directory_of(provider), subjects)
    now = utcnow()
    gone = []
    for link in due:
        entry = found.get(link.subject.casefold())
        if entry is None or is_disabled(entry, now=now):
            gone.append(link)
    missing = {link.id for link in gone}
    mark_there([link for link in due if link.id not in missing], now=now)
    db.session.commit()
    for link in gone:
        mark_gone(link, now=now)
        db.session.commit()
