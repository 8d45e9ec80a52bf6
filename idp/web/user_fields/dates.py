"""A day that a browser lets people pick, where less than a day will do."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from wtforms import StringField


class DayOrYearField(StringField):
    """A day, or only the year, or a day without its year (OIDC Core §5.1).

    It has two boxes of one name: only whole days can be picked. What is in both is for
    the rule to refuse, for nobody knows which is meant.
    """

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was filled in."""
        if valuelist:
            filled = dict.fromkeys(each for each in valuelist if each.strip())
            self.data = " ".join(filled)

    @property
    def day(self) -> str:
        """Return what the picker shows: a whole day."""
        with suppress(ValueError):
            if date.fromisoformat(self.data or "").isoformat() == self.data:
                return self.data
        return ""

    @property
    def less(self) -> str:
        """Return what the other box shows."""
        return "" if self.day else self.data or ""
