"""Factories of the authorization server."""

from tests.make_accounts import MakeAccounts


class MakeOAuth(MakeAccounts):
    """Clients, grants and tokens."""
