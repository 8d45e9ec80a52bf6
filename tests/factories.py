"""Rows that tests begin with. Factories commit and return plain values."""

from tests.make_browsers import MakeBrowsers


class Make(MakeBrowsers):
    """All factories of one app."""
