"""Rotation across nodes, as relying parties see it that keep the key set."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from idp.app import create_app
from idp.core.db import db
from idp.oauth import jobs
from idp.oauth.keys import rotation
from tests.oauth.calls import client_credentials

JWKS = "/.well-known/jwks.json"


class Nodes:
    """Several processes behind one name: who is asked is a matter of luck."""

    def __init__(self, app, settings, clock) -> None:
        self.apps = [app]
        self.settings = settings
        self.clock = clock
        self.turn = 0

    def start(self) -> None:
        """Add a node, which knows nothing yet."""
        made = create_app(self.settings)
        made.test_client_class = self.apps[0].test_client_class
        self.apps.append(made)

    def stop(self) -> None:
        """End all but the first node, which is the test's own."""
        for app in self.apps[1:]:
            with app.app_context():
                db.engine.dispose()

    def http(self):
        """Return the next node, as a balancer would."""
        self.turn += 1
        return self.at(self.turn % len(self.apps))

    def at(self, number: int):
        """Return one node."""
        return self.apps[number].test_client()


class RelyingParty:
    """Keeps the key set for as long as its headers say (RFC 9111 §4.2.1).

    ``asks_again`` is what OIDC Core §10.1.1 tells it to do when it meets an unknown
    ``kid``; it may then be answered by another node than the one that signed.
    """

    def __init__(self, nodes: Nodes, *, node: int, asks_again: bool) -> None:
        self.nodes = nodes
        self.node = node
        self.asks_again = asks_again
        self.keys = KeySet([])
        self.fresh_until = datetime.min.replace(tzinfo=nodes.clock.now.tzinfo)

    def fetch(self) -> None:
        answer = self.nodes.at(self.node).get(JWKS)
        max_age = re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])[1]
        self.keys = KeySet.import_key_set(answer.json)
        self.fresh_until = self.nodes.clock.now + timedelta(seconds=int(max_age))

    def verify(self, token: str) -> str:
        """Check a token's signature and return the kid of its key."""
        kid = extract_compact(token.encode()).headers()["kid"]
        if self.nodes.clock.now >= self.fresh_until:
            self.fetch()
        known = {key.kid for key in self.keys.keys}
        if self.asks_again and kid not in known:
            self.fetch()
        jwt.decode(token, self.keys, algorithms=["ES256"])
        return kid


@pytest.fixture
def nodes(app, settings, clock, http):
    """Two nodes on one database, in time that we move."""
    made = Nodes(app, settings, clock)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def machine(make):
    return make.clients.machine_client()


def mint(nodes: Nodes, machine, count: int = 4) -> list[str]:
    """Have several nodes issue tokens side by side."""
    with ThreadPoolExecutor(count) as callers:
        asked = [nodes.http() for _ in range(count)]
        answers = callers.map(lambda http: client_credentials(http, machine), asked)
        return [answer.json["access_token"] for answer in answers]


def kids_seen(nodes, machine, parties) -> set[str]:
    """Let every party check tokens of every node."""
    tokens = mint(nodes, machine)
    return {party.verify(token) for token in tokens for party in parties}


def test_an_emergency_fails_no_party_that_asks_again_for_an_unknown_key(
    nodes, machine, clock
):
    parties = [RelyingParty(nodes, node=n, asks_again=True) for n in (0, 1)]
    (old,) = kids_seen(nodes, machine, parties)
    nodes.start()
    with nodes.apps[-1].app_context():
        rotation.rotate(now=True)
        db.session.commit()
    seen = []
    for _ in range(45):
        newcomers = [RelyingParty(nodes, node=n, asks_again=True) for n in (0, 1)]
        seen.append(kids_seen(nodes, machine, parties + newcomers))
        clock.tick(seconds=1)
    assert seen[0] == {old}
    assert old not in seen[-1]
    assert len(seen[-1]) == 1


def test_a_rotation_on_schedule_fails_not_even_a_party_that_never_asks_again(
    nodes, machine, app, clock
):
    parties = [RelyingParty(nodes, node=n, asks_again=False) for n in (0, 1)]
    (old,) = kids_seen(nodes, machine, parties)
    clock.tick(days=89)
    with app.app_context():
        assert jobs.rotate_keys() == 1
    clock.tick(hours=23, minutes=50)
    seen = []
    for _ in range(40):
        seen.append(kids_seen(nodes, machine, parties))
        clock.tick(seconds=29)
    assert seen[0] == {old}
    assert old not in seen[-1]


def test_what_the_old_key_signed_stays_good_for_as_long_as_it_lives(
    nodes, machine, app, clock
):
    (token,) = mint(nodes, machine, 1)
    with app.app_context():
        rotation.rotate(now=True)
        db.session.commit()
    for _ in range(10):
        clock.tick(minutes=1)
        for node in (0, 1):
            RelyingParty(nodes, node=node, asks_again=False).verify(token)
