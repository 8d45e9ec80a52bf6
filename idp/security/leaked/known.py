"""Whether a password is known to have leaked."""

import logging
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from idp.core.clock import utcnow
from idp.core.log import log_event
from idp.security.leaked import range_api
from idp.security.leaked.filters import LeakFilter
from idp.security.leaked.range_api import RangeUnreachable
from idp.security.leaked.settings import LeakedPasswordsSettings
from idp.security.leaked.variants import variants_of
from idp.security.outbound.client import Outbound

OFF, RANGE = "off", "range"
# Who signs up meanwhile does not wait for an API that does not answer.
LEFT_ALONE = timedelta(seconds=30)

log = logging.getLogger("idp.passwords")


class LeakedPasswords:
    """The lists that passwords are compared with, as settings say; one for the app."""

    def __init__(self, settings: LeakedPasswordsSettings, outbound: Outbound) -> None:
        self.settings = settings
        self.outbound = outbound
        self._ask_again_at: datetime | None = None

    def has(self, password: str) -> bool:
        """Tell whether a password leaked, as it is or made up a little.

        An API may be asked, for a second at most: call it before the first write. What
        it does not answer has not leaked.
        """
        if self.settings.breached_passwords == OFF:
            return False
        if any(variant in self._listed for variant in variants_of(password)):
            return True
        return self.settings.breached_passwords == RANGE and self._in_range(password)

    @cached_property
    def _listed(self) -> LeakFilter:
        """The list on this machine."""
        given = self.settings.breached_passwords_file
        shipped = files("idp.security.leaked") / "worst.filter"
        return LeakFilter.open(Path(given or str(shipped)))

    def _in_range(self, password: str) -> bool:
        """Ask the API, unless it did not answer lately."""
        if self._ask_again_at and utcnow() < self._ask_again_at:
            return False
        url = self.settings.breached_passwords_url
        try:
            known = range_api.is_known(password, url=url, outbound=self.outbound)
        except RangeUnreachable as failure:
            self._ask_again_at = utcnow() + LEFT_ALONE
            log_event(log, "passwords.range.unreachable", reason=str(failure))
            return False
        self._ask_again_at = None
        return known
