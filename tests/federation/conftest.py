"""A provider on loopback, and how people come from it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from idp.security.outbound.client import Outbound
from tests.factories import Make
from tests.federation.peers import CLIENT_ID, SECRET, Peer, provider_at_peer
from tests.federation.travellers import Traveller


@pytest.fixture
def peer(app: Flask) -> Iterator[Peer]:
    """A provider that this server may reach, as in development."""
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=True)
    with provider_at_peer() as running:
        yield running


@pytest.fixture
def acme(make: Make, peer: Peer) -> Callable[..., None]:
    """Sets the provider up, as an operator does."""

    def set_up(**fields: object) -> None:
        known = {"issuer": peer.issuer, "client_id": CLIENT_ID, "secret": SECRET}
        make.providers.provider("acme", **(known | fields))

    return set_up


@pytest.fixture
def traveller(browser, peer: Peer) -> Traveller:
    """Somebody who has an account at the provider."""
    return Traveller(browser, peer)


@pytest.fixture
def another_traveller(another_browser, peer: Peer) -> Traveller:
    """Somebody else."""
    return Traveller(another_browser(), peer)


@pytest.fixture
def ada(make: Make):
    """A user who is linked to the provider's user."""
    account = make.users.account("ada@example.com")
    make.providers.link("acme", account.id, subject="upstream-ada")
    return account
