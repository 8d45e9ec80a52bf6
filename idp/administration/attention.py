"""What needs somebody who looks after the server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sqlalchemy import func, select

from idp.accounts.lifecycle.approvals import count_waiting
from idp.administration import mail_outbox
from idp.administration.disk import least_room
from idp.administration.job_runs import State, list_jobs
from idp.administration.release import Release, applied_revision
from idp.administration.settings import AdministrationSettings
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.settings.server import ServerSettings
from idp.oauth.keys.listing import list_keys
from idp.oauth.logout import listing
from idp.security.client_network import Proxies

SOON = timedelta(days=7)

Urgency = Literal["bad", "warn", "info"]


class Need(StrEnum):
    """What can need somebody; the names are public."""

    NO_SIGNING_KEY = "no_signing_key"
    NO_WORKER = "no_worker"
    JOBS_FAILING = "jobs_failing"
    JOBS_LATE = "jobs_late"
    MAIL_FAILED = "mail_failed"
    MAIL_DELAYED = "mail_delayed"
    DELIVERIES_FAILED = "deliveries_failed"
    SCHEMA_DIFFERS = "schema_differs"
    KEYS_ROTATE = "keys_rotate"
    DISK_FULL = "disk_full"
    DISK_LOW = "disk_low"
    APPROVALS_WAIT = "approvals_wait"
    PROXY_UNTRUSTED = "proxy_untrusted"
    PROXY_SILENT = "proxy_silent"


@dataclass(frozen=True)
class Attention:
    """One thing that needs somebody.

    ``count`` is how many there are of it, ``names`` which, ``at`` since or until when.
    """

    need: Need
    urgency: Urgency
    count: int | None = None
    names: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Arrival:
    """How the request that asks came here: from which peer, and for whom by its word.

    ``forwarded_for`` is its X-Forwarded-For.
    """

    peer: str | None
    forwarded_for: str | None


def needs(arrival: Arrival | None = None) -> list[Attention]:
    """Return what needs somebody, the most urgent first.

    A command arrives by no request, and so tells nothing of proxies.
    """
    order = ("bad", "warn", "info")
    found = [*_of_keys(), *_of_jobs(), *_of_mail(), *_of_deliveries(), *_of_schema()]
    found += [*_of_approvals(), *_of_disk(), *_of_proxy(arrival)]
    return sorted(found, key=lambda each: order.index(each.urgency))


def _of_keys() -> Iterator[Attention]:
    """Yield whether tokens can be signed, and which keys follow soon."""
    keys = list_keys()
    if not any(key.state == "signing" for key in keys):
        yield Attention(Need.NO_SIGNING_KEY, "bad")
    soon = utcnow() + SOON
    ending = [k for k in keys if k.state == "signing" and k.signs_until <= soon]
    if ending:
        names = tuple(key.algorithm for key in ending)
        first = min(key.signs_until for key in ending)
        yield Attention(Need.KEYS_ROTATE, "info", len(ending), names, first)


def _of_jobs() -> Iterator[Attention]:
    """Yield whether a worker runs, and which jobs go wrong."""
    jobs = list_jobs()
    if not jobs or all(job.state == "late" for job in jobs):
        tries = [job.last_run_at for job in jobs if job.last_run_at]
        yield Attention(Need.NO_WORKER, "bad", at=max(tries, default=None))
        return
    states: tuple[tuple[State, Need, Urgency], ...] = (
        ("failing", Need.JOBS_FAILING, "bad"),
        ("late", Need.JOBS_LATE, "warn"),
    )
    for state, need, urgency in states:
        names = tuple(job.name for job in jobs if job.state == state)
        if names:
            yield Attention(need, urgency, len(names), names)


def _of_mail() -> Iterator[Attention]:
    """Yield what mails were given up, and which could not leave yet."""
    mails = mail_outbox.messages
    failed = mail_outbox.IN_STATE[mail_outbox.MailState.FAILED]
    dropped = mails.c.last_error == mail_outbox.DROPPED
    given_up = db.session.scalar(select(func.count()).where(failed, ~dropped)) or 0
    if given_up:
        yield Attention(Need.MAIL_FAILED, "bad", given_up)
    tried = mails.c.last_error.is_not(None)
    count, oldest = db.session.execute(
        select(func.count(), func.min(mails.c.created_at)).where(
            mail_outbox.WAITING, tried
        )
    ).one()
    if count:
        yield Attention(Need.MAIL_DELAYED, "warn", count, at=oldest)


def _of_deliveries() -> Iterator[Attention]:
    """Yield how many notices of sign-outs no app took."""
    failed = listing.IN_STATE[listing.DeliveryState.FAILED]
    count = db.session.scalar(select(func.count()).where(failed)) or 0
    if count:
        yield Attention(Need.DELIVERIES_FAILED, "warn", count)


def _of_schema() -> Iterator[Attention]:
    """Yield whether the database is not at the revision of this version."""
    applied = applied_revision()
    if applied != current(Release).revision:
        yield Attention(Need.SCHEMA_DIFFERS, "warn", names=(applied,))


def _of_approvals() -> Iterator[Attention]:
    """Yield how many new accounts wait for a word, and since when the first does."""
    count, oldest = count_waiting()
    if count:
        yield Attention(Need.APPROVALS_WAIT, "info", count, at=oldest)


def _of_disk() -> Iterator[Attention]:
    """Yield whether there is little room where this node keeps its data."""
    few = current(AdministrationSettings).disk_warn_megabytes
    room = least_room()
    if room is None or room.free_megabytes >= few:
        return
    none_left = room.free_megabytes * 10 < few
    yield Attention(
        Need.DISK_FULL if none_left else Need.DISK_LOW,
        "bad" if none_left else "warn",
        count=room.free_megabytes,
        names=(str(room.folder),),
    )


def _of_proxy(arrival: Arrival | None) -> Iterator[Attention]:
    """Yield whether all users seem to come from one address, that of a proxy.

    TLS ends at a proxy, so a server that is https has one.
    """
    if arrival is None or arrival.peer is None:
        return
    names, trusted = (arrival.peer,), current(Proxies).trusts(arrival.peer)
    if arrival.forwarded_for and not trusted:
        yield Attention(Need.PROXY_UNTRUSTED, "warn", names=names)
    if not arrival.forwarded_for and (trusted or current(ServerSettings).secure):
        yield Attention(Need.PROXY_SILENT, "warn", names=names)
