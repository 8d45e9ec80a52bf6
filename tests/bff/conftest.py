"""Apps behind a backend for frontend, at a peer's issuer."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from idp.core.clock import unix, utcnow
from tests.bff.apps import Tab, World, world
from tests.bff.peer import AT_PEER, RefreshingPeer


@pytest.fixture
def peer() -> RefreshingPeer:
    """The issuer."""
    return RefreshingPeer()


@pytest.fixture
def build(peer, clock) -> Callable[..., World]:
    """Builds an app at the peer; time is the test's."""

    def built(**changed: Any) -> World:
        issuer = httpx.MockTransport(peer)
        now = lambda: float(unix(utcnow()))  # noqa: E731
        return world(issuer, now=now, **(AT_PEER | changed))

    return built


@pytest.fixture
def enter(peer) -> Callable[..., httpx.Response]:
    """Signs a tab in at the peer."""

    def entered(
        tab: Tab, return_to: str | None = None, **claims: Any
    ) -> httpx.Response:
        return tab.back(peer.approve(tab.start(return_to), **claims))

    return entered
