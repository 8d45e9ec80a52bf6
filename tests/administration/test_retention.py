"""How long API keys are kept that have ended, and with whom they go."""

import pytest

from idp.accounts.access.permissions import OPERATOR
from idp.administration.api_keys import WantedKey, create_api_key, revoke_api_key
from idp.administration.jobs import purge
from idp.administration.models import ApiKey
from idp.core.clock import utcnow
from idp.core.db import db


@pytest.fixture
def key(app):
    """Return the id of a new key that is good for ninety days."""
    with app.app_context():
        wanted = WantedKey("k", ["users.read"])
        made = create_api_key(wanted, held=OPERATOR).row.id
        db.session.commit()
    return made


def purged(app) -> int:
    with app.app_context():
        gone = purge(utcnow())
        db.session.commit()
        return gone


def kept(app, key_id) -> bool:
    with app.app_context():
        return db.session.get(ApiKey, key_id) is not None


def test_a_key_that_ran_out_is_listed_for_thirty_days_more(app, clock, key):
    clock.tick(days=119)
    assert purged(app) == 0
    clock.tick(days=2)
    assert purged(app) == 1
    assert not kept(app, key)


def test_a_revoked_key_is_listed_for_thirty_days(app, clock, key):
    with app.app_context():
        revoke_api_key(key)
        db.session.commit()
    clock.tick(days=29)
    assert purged(app) == 0
    clock.tick(days=2)
    assert purged(app) == 1
