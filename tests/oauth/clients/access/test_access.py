"""Who may use a client: at authorization, by prompt=none, at refresh, on a device."""

import pytest
from sqlalchemy import select

from idp.accounts.groups.registry import delete_group, get_group
from idp.core.db import db
from idp.oauth.clients.changes import change_client, get_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.security.models import AuditEvent
from tests.hosted_pages import follow, press, read_page
from tests.oauth.calls import refresh
from tests.oauth.devices import Device, connect, type_code
from tests.rp import RelyingParty

OPS = {"groups": ["ops"]}
REFUSED = "You have no access to Notes"


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http, email="ada@example.org")


@pytest.fixture
def ops(make):
    return make.groups.group("ops")


@pytest.fixture
def notes(make, ops):
    return make.clients.own_app(scope="openid offline_access", access=OPS)


def change(app, client, **members):
    """Change members of a client; return the names of what is different."""
    with app.app_context():
        registered = get_client(client.client_id).registered
        changed = change_client(client.client_id, {**registered, **members})
        db.session.commit()
        return changed


def lets_in(http, client) -> bool:
    """Tell whether the user of this browser gets a code."""
    rp = RelyingParty(http, client)
    return "code" in rp.fields_of(rp.ask(prompt="none"))


def test_who_is_not_in_the_group_is_told_so_and_may_go_back(http, notes, ada):
    rp = RelyingParty(http, notes)
    page = rp.reach()
    assert REFUSED in read_page(page).text
    assert "ada@example.org" in read_page(page).text
    back = rp.checked(follow(http, press(http, page)))
    assert back["error"] == "access_denied"
    assert "code" not in back


def test_who_is_in_the_group_gets_a_code(http, notes, ada, make):
    make.groups.add("ops", ada.user_id)
    assert lets_in(http, notes)


def test_silently_it_is_access_denied_at_once(http, notes, ada):
    rp = RelyingParty(http, notes)
    assert rp.checked(rp.ask(prompt="none"))["error"] == "access_denied"


def test_who_is_not_signed_in_is_asked_who_they_are_first(http, notes):
    rp = RelyingParty(http, notes)
    assert rp.checked(rp.ask(prompt="none"))["error"] == "login_required"
    assert rp.ask().location.startswith("/login?")


def test_the_page_leads_on_once_the_user_was_let_in(http, notes, ada, make):
    rp = RelyingParty(http, notes)
    asked = rp.ask()
    make.groups.add("ops", ada.user_id)
    assert "code" in rp.checked(follow(http, asked))


def test_the_button_answers_once(http, notes, ada):
    rp = RelyingParty(http, notes)
    page = rp.reach()
    assert rp.checked(follow(http, press(http, page)))["error"] == "access_denied"
    again = follow(http, press(http, page))
    assert REFUSED in read_page(again).text


def test_another_account_may_do(http, notes, ada, make):
    bob = make.users.account("bob@example.org")
    make.groups.add("ops", bob.id)
    rp = RelyingParty(http, notes)
    switch = next(link for link in read_page(rp.reach()).links if "switch" in link)
    done = press(http, http.get(switch), username=bob.email, password=bob.password)
    assert rp.finish(follow(http, done)).claims["sub"] == bob.id


def test_a_refusal_is_in_the_audit_log(app, http, notes, ada):
    RelyingParty(http, notes).reach()
    with app.app_context():
        rows = db.session.scalars(
            select(AuditEvent).where(AuditEvent.event == "client.access.refused")
        ).all()
        found = [(row.outcome, row.user_id, row.client_id) for row in rows]
    assert found == [("refused", ada.user_id, notes.client_id)]


def test_who_leaves_the_group_loses_the_app(http, notes, ada, make):
    make.groups.add("ops", ada.user_id)
    rp = RelyingParty(http, notes, scope="openid offline_access")
    tokens = rp.finish(rp.ask()).tokens
    make.groups.remove("ops", ada.user_id)
    assert not lets_in(http, notes)
    refused = refresh(http, notes, tokens["refresh_token"])
    assert refused.json["error"] == "invalid_grant"
    make.groups.add("ops", ada.user_id)
    assert refresh(http, notes, tokens["refresh_token"]).status_code == 200


def test_a_group_that_is_deleted_opens_nothing_to_the_next_of_its_name(
    app, http, notes, ada, make
):
    with app.app_context():
        delete_group(get_group("ops"))
        db.session.commit()
    make.groups.group("ops", ada.user_id)
    assert not lets_in(http, notes)


def test_a_user_may_be_named(app, http, notes, ada):
    assert change(app, notes, access={"users": ["ADA@example.org"]}) == ["access"]
    assert lets_in(http, notes)
    assert change(app, notes, access={"users": [ada.user_id]}) == []
    assert change(app, notes, access={}) == ["access"]
    assert not lets_in(http, notes)
    assert change(app, notes, access="everyone") == ["access"]
    assert lets_in(http, notes)


def test_who_has_an_allowed_role_may_use_it(app, http, notes, ada, make):
    roles = [{"name": "editor", "groups": ["ops"]}, "viewer"]
    change(app, notes, app_roles=roles, access={"roles": ["editor"]})
    assert not lets_in(http, notes)
    make.groups.add("ops", ada.user_id)
    assert lets_in(http, notes)
    change(app, notes, access={"roles": ["viewer"]})
    assert not lets_in(http, notes)
    change(app, notes, app_roles=[{"name": "viewer", "users": [ada.user_id]}])
    assert lets_in(http, notes)


def test_a_role_that_goes_takes_its_users_along(app, http, notes, ada):
    mine = [{"name": "editor", "users": [ada.user_id]}]
    change(app, notes, app_roles=mine, access={"roles": ["editor"]})
    assert lets_in(http, notes)
    change(app, notes, app_roles=[])
    assert not lets_in(http, notes)


def test_what_is_not_said_stays(app, http, notes, ada):
    assert change(app, notes, client_name="Other notes") == ["client_name"]
    assert not lets_in(http, notes)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"access": "nobody"}, 'must be "everyone" or'),
        ({"access": {"people": []}}, 'must be "everyone" or'),
        ({"access": {"groups": "ops"}}, 'must be "everyone" or'),
        ({"access": {"groups": ["dev"]}}, "there is no group 'dev'"),
        ({"access": {"users": ["bob@example.org"]}}, "there is no user"),
        ({"access": {"users": ["a\0b"]}}, "there is no user"),
        ({"access": {"users": ["x"] * 201}}, "put the users into a group"),
        ({"access": {"roles": ["editor"]}}, "the client has no role 'editor'"),
        ({"app_roles": "editor"}, "must be a list"),
        ({"app_roles": [{"title": "editor"}]}, "must be a list"),
        ({"app_roles": ["a,b"]}, "must have no comma"),
        ({"app_roles": [{"name": "a", "description": "x\ny"}]}, "line of text"),
        ({"app_roles": ["a", {"name": "a"}]}, "names one role twice"),
        ({"app_roles": [{"name": "a", "groups": ["dev"]}]}, "there is no group"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(app, http, notes, members, words):
    with pytest.raises(InvalidClientMetadata) as refused:
        change(app, notes, **members)
    assert words in str(refused.value)


def test_a_change_is_audited_with_before_and_after_and_no_address(app, notes, ada):
    change(app, notes, access={"users": ["ada@example.org"]})
    with app.app_context():
        row = db.session.scalars(
            select(AuditEvent).where(AuditEvent.event == "client.changed")
        ).one()
    nothing = {"roles": [], "groups": [], "users": []}
    assert row.detail == {
        "changed": ["access"],
        "before": {"access": nothing | OPS},
        "after": {"access": nothing | {"users": [ada.user_id]}},
    }


@pytest.fixture
def device(http, make, ops):
    tv = make.clients.device_client(client_name="Notes", scope="openid", access=OPS)
    return Device(http, tv)


def test_a_device_of_an_app_that_is_not_theirs_is_denied(http, device, ada):
    page = type_code(http, device.user_code)
    assert REFUSED in read_page(page).text
    follow(http, press(http, page, decision="deny"))
    assert device.error() == "access_denied"


def test_a_device_is_denied_if_its_user_lost_the_app_meanwhile(http, device, ada, make):
    make.groups.add("ops", ada.user_id)
    page = type_code(http, device.user_code)
    make.groups.remove("ops", ada.user_id)
    follow(http, press(http, page, decision="allow"))
    assert device.error() == "access_denied"


def test_a_device_of_an_app_that_is_theirs_is_connected(http, device, ada, make):
    make.groups.add("ops", ada.user_id)
    connect(http, device)
    assert device.poll().status_code == 200
