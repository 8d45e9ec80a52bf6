"""API keys and the people who made them: what an export has, what an erasure takes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.accounts.access.permissions import OPERATOR
from idp.accounts.lifecycle.personal_data import PersonalData, data_subject_of
from idp.accounts.models import User
from idp.accounts.users import get_user
from idp.administration.api_keys import (
    NoSuchApiKey,
    WantedKey,
    create_api_key,
    find_machine,
    revoke_api_key,
)
from idp.core.context import current
from idp.core.db import db

AT_ONCE = 4


@pytest.fixture
def owner(make):
    return make.users.account(roles=["owner"])


@pytest.fixture
def key(app, owner):
    """A new key of the owner's."""
    with app.app_context():
        wanted = WantedKey("deploy", ["users.read"])
        made = create_api_key(wanted, held=OPERATOR, by=owner.id)
        db.session.commit()
        return made.row.id, made.text


def test_an_export_names_the_keys_and_holds_nothing_to_call_with(app, owner, key):
    with app.app_context():
        subject = data_subject_of(get_user(owner.id))
        (row,) = current(PersonalData).collect(subject)["api_keys"]
    assert (row["id"], row["name"]) == (key[0], "deploy")
    assert "digest" not in row


def test_a_key_goes_with_whoever_made_it(app, owner, key):
    with app.app_context():
        assert find_machine(key[1], ip=None)
        db.session.rollback()
        db.session.delete(db.session.get_one(User, owner.id))
        db.session.commit()
        assert find_machine(key[1], ip=None) is None


def test_of_many_who_revoke_a_key_at_once_one_does(app, make, key):
    def revoke(_number) -> bool:
        with app.app_context():
            try:
                revoke_api_key(key[0])
            except NoSuchApiKey:
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(revoke, range(AT_ONCE)))
    assert sum(done) == 1
    assert len(make.records.audited("api_key.revoked")) == 1


def test_of_many_calls_at_once_one_notes_the_use(app, key):
    def call(_number) -> bool:
        with app.app_context():
            _, noted = find_machine(key[1], ip="192.0.2.1")
            db.session.commit()
            return noted

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(call, range(AT_ONCE))) == 1
