"""Rows that tests begin with. Factories commit and return plain values."""

from tests.make_oauth import MakeOAuth


class Make(MakeOAuth):
    """All factories of one app."""
