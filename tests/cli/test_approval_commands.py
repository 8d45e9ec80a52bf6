"""``idp approvals``."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa

from idp.accounts.models import RegistrationApproval, User

LIST = ("approvals", "list", "--json")


def wait(idp, database_url, name):
    """Make a user who waits, behind the commands' back; return the id."""
    idp("users", "create", f"{name}@example.com", "--username", name)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        named = User.username == name
        user_id = connection.execute(sa.select(User.id).where(named)).scalar_one()
        waits = {"status": "pending", "email_verified_at": datetime.now(UTC)}
        connection.execute(sa.update(User).where(named).values(**waits))
        asked = {"user_id": user_id, "asked_at": datetime.now(UTC)}
        connection.execute(sa.insert(RegistrationApproval).values(**asked))
    engine.dispose()
    return user_id


def test_who_waits_is_listed_approved_and_declined(idp, database_url):
    ada = wait(idp, database_url, "ada")
    bob = wait(idp, database_url, "bob")
    listed = json.loads(idp(*LIST).output)
    assert [row["id"] for row in listed] == [ada, bob]
    done = json.loads(idp("approvals", "approve", "ada", "--json").output)
    assert done == [{"id": ada, "decision": "approved"}]
    assert idp("approvals", "decline", "bob@example.com").output.split() == [
        bob,
        "declined",
    ]
    assert json.loads(idp(*LIST).output) == []
    late = idp("approvals", "approve", "ada", status=4)
    assert "doesn’t wait for approval" in late.stderr
