"""One answer to Prometheus."""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from idp.core.context import Services
from idp.core.hashing import HashingSettings
from idp.ops.metrics.collected import Collected
from idp.ops.metrics.looked_up import LookedUp

log = logging.getLogger(__name__)
OPENMETRICS = "application/openmetrics-text"
TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = f"{OPENMETRICS}; version=1.0.0; charset=utf-8"


@dataclass(frozen=True)
class Exposition:
    """Numbers as they are written for a reader of this content type."""

    body: bytes
    content_type: str
    status: HTTPStatus = HTTPStatus.OK


class Scrape:
    """What one process answers with."""

    def __init__(self, collected: Collected, hashing: HashingSettings) -> None:
        self._collected = collected
        self._looked_up = LookedUp(hashing)

    def told(self, services: Services, *, accept: str) -> Exposition:
        """Return all numbers, as OpenMetrics for who accepts that.

        Where the folder of the processes is gone, the reason with status 503.
        """
        meters, counting = self._collected.meters, self._collected.counting
        if meters is None or counting is None:
            raise LookupError("metrics are off")
        counting.count()
        openmetrics = OPENMETRICS in accept
        families = self._looked_up.families(services)
        try:
            body = meters.exposition(families, openmetrics=openmetrics)
        except OSError as error:
            log.warning("metrics not read", extra={"error": str(error)})
            return _not_read(error)
        return Exposition(body, OPENMETRICS_TYPE if openmetrics else TEXT_TYPE)


def _not_read(error: OSError) -> Exposition:
    reason = f"What was counted cannot be read: {error}. Start the server again.\n"
    plain = "text/plain; charset=utf-8"
    return Exposition(reason.encode(), plain, HTTPStatus.SERVICE_UNAVAILABLE)
