"""Changes of groups at the same moment: one name once, a member once, no trace left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from idp.accounts.groups.members import add_member, count_members
from idp.accounts.groups.registry import (
    GroupDeclaration,
    create_group,
    delete_group,
    get_group,
)
from idp.accounts.models import Group, GroupMember
from idp.accounts.users import get_user
from idp.core.db import db
from idp.core.errors import IdpError
from idp.oauth.clients.changes import change_client, get_client
from idp.oauth.clients.edits.deletion import delete_client

AT_ONCE = 4


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(AT_ONCE + 2)}


def at_once(app, *acts: Callable[[], object]) -> list[str]:
    """Run acts at the same moment, each in a unit of its own; return what came."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        with app.app_context():
            ready.wait()
            try:
                act()
                db.session.commit()
            except IdpError as refused:
                db.session.rollback()
                return refused.code
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("round_", range(3))
def test_one_name_is_given_once(app, make, round_):
    spellings = [GroupDeclaration(name) for name in ("ops", "OPS", "Ops", "oPs")]
    came = at_once(app, *(lambda d=d: create_group(d) for d in spellings))
    assert came == ["done", *["group_name_taken"] * 3]
    assert count(app, Group) == 1


@pytest.mark.parametrize("round_", range(3))
def test_a_member_is_added_once(app, make, round_):
    ada = make.users.account()
    make.groups.group("ops")

    def add():
        add_member(get_group("ops"), get_user(ada.id))

    assert at_once(app, *[add] * AT_ONCE) == ["done"] * AT_ONCE
    assert len(make.records.audited("group.member.added")) == 1
    with app.app_context():
        assert count_members(get_group("ops")) == 1


@pytest.mark.parametrize("round_", range(3))
def test_who_comes_while_the_group_goes_is_in_none(app, make, round_):
    people = [make.users.account().id for _ in range(AT_ONCE - 1)]
    make.groups.group("ops")

    def joining(user_id: str) -> Callable[[], object]:
        return lambda: add_member(get_group("ops"), get_user(user_id))

    came = at_once(app, *map(joining, people), lambda: delete_group(get_group("ops")))
    assert set(came) <= {"done", "unknown_group"}
    assert "done" in came
    assert (count(app, Group), count(app, GroupMember)) == (0, 0)


@pytest.mark.parametrize("round_", range(3))
def test_a_group_goes_while_a_client_is_opened_to_it(app, make, round_):
    client_id = make.clients.spa().client_id
    make.groups.group("ops")

    def open_to_group():
        registered = get_client(client_id).registered
        change_client(client_id, {**registered, "access": {"groups": ["ops"]}})

    came = at_once(app, open_to_group, lambda: delete_group(get_group("ops")))
    assert came in (["done", "done"], ["done", "invalid_client_metadata"])


@pytest.mark.parametrize("round_", range(3))
def test_a_client_goes_while_it_is_opened(app, make, round_):
    client_id = make.clients.spa().client_id
    make.groups.group("ops")

    def open_to_group():
        registered = get_client(client_id).registered
        change_client(client_id, {**registered, "access": {"groups": ["ops"]}})

    came = at_once(app, open_to_group, lambda: delete_client(client_id))
    assert came in (["done", "done"], ["done", "unknown_client"])
