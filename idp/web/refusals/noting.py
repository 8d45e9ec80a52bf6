"""From an answer that refuses to what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.core.clock import utcnow
from idp.core.context import current, running_caller
from idp.security.refusals.book import RefusalBook
from idp.security.refusals.record import RefusalRecord
from idp.web.refusals.advice import advice_on

LONGEST_CODE, LONGEST_PLACE = 64, 255


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What is known of a refusal where it happens, as far as it is known."""

    error: str = ""
    check: str = ""
    expected: str = ""
    fix: str = ""
    client_id: str = ""


def note_refusal(
    explained: Explanation,
    *,
    endpoint: str,
    status: int,
    received: Mapping[str, str],
    known: bool = False,
) -> None:
    """Keep a refusal under the reference of this request.

    ``known`` tells that a user or a program of ours asked.
    """
    record = record_of(
        explained,
        reference=running_caller().request_id,
        endpoint=endpoint,
        status=status,
        received=received,
        known=known,
    )
    current(RefusalBook).note(record)


def record_of(
    explained: Explanation,
    *,
    reference: str,
    endpoint: str,
    status: int,
    received: Mapping[str, str],
    known: bool = False,
) -> RefusalRecord:
    """Return what is kept of a refusal."""
    check = explained.check or explained.error or str(status)
    advice = advice_on(check, explained.error, status=status)
    return RefusalRecord(
        reference=reference,
        at=utcnow(),
        endpoint=endpoint[:LONGEST_PLACE],
        status=status,
        error=(explained.error or str(status))[:LONGEST_CODE],
        client_id=explained.client_id,
        known=known or bool(explained.client_id),
        check=check[:LONGEST_CODE],
        received=received,
        expected=explained.expected or advice.expected,
        fix=explained.fix or advice.fix,
    )
