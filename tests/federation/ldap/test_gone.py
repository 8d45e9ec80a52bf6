"""Users who are gone or disabled in their directory: nothing opens their account."""

from typing import Any

import pytest

from idp.accounts.lifecycle.status import disable, enable
from idp.accounts.sign_in.links import issue_link
from idp.accounts.users import find_by_login
from idp.core.clock import utcnow
from idp.core.db import db
from idp.federation.models import LinkedIdentity
from idp.federation.presence import watch
from idp.federation.presence.marks import WatchedLink, mark_gone
from idp.federation.presence.watch import look_up_linked
from idp.security.requester import Requester
from tests.federation.ldap.company import ADDRESS, Company, signed_in
from tests.federation.ldap.slapd import LIMITED, PASSWORD, SECRET
from tests.pages.passkeys import add
from tests.pages.passkeys import sign_in as sign_in_by_passkey

DISABLED = {
    "shadowExpire": "1",
    "userAccountControl": "514",
    "accountExpires": "116444736000000000",
}
ENABLED = {
    "shadowExpire": "99999",
    "userAccountControl": "512",
    "accountExpires": "9223372036854775807",
}


class Watched:
    """Ada, who is signed in with the password of a directory that shows Eve too."""

    def __init__(self, corp: Company, clock: Any) -> None:
        self.corp = corp
        self.clock = clock
        self.ada = corp.directory.add_person("ada")
        corp.directory.add_person("eve")
        corp.set_up()
        self.browser = corp.sign_in()

    def look(self) -> int:
        """Look users up, as the worker does a while later."""
        self.clock.tick(minutes=5)
        with self.corp.app.app_context():
            return look_up_linked()

    def status(self) -> str:
        """Return whether her account is in use."""
        records = self.corp.make.records
        return records.user_row(records.user_id_of(ADDRESS))["status"]

    def handed_link(self) -> str:
        """Return the path of a link that an operator has made for her."""
        with self.corp.app.app_context():
            url = issue_link(find_by_login(ADDRESS), by="cli").url
            db.session.commit()
        return url.removeprefix("https://idp.example")

    def link_row(self) -> LinkedIdentity:
        """Return what is known of her in the directory."""
        with self.corp.app.app_context():
            return db.session.query(LinkedIdentity).one()


@pytest.fixture
def at(corp, clock) -> Watched:
    """Ada and her company."""
    return Watched(corp, clock)


def test_who_is_gone_is_signed_out_and_no_way_leads_in(at):
    key = add(at.browser.http)
    link = at.handed_link()
    at.corp.directory.remove(at.ada)
    assert at.look() == 1
    assert not signed_in(at.browser)
    assert at.status() == "disabled"
    other = at.corp.new()
    sign_in_by_passkey(other.http, key)
    assert not signed_in(other)
    other.open(link)
    assert not [f for f in other.page.forms if "token" in f.action]
    assert not signed_in(at.corp.sign_in())
    told = at.corp.make.records.audited_details("user.locked")
    assert told == [{"by": "provider:corp"}]
    assert "account_disabled" not in [
        m.kind for m in at.corp.make.records.mails_to(ADDRESS)
    ]


@pytest.mark.parametrize("name", DISABLED)
def test_who_is_disabled_there_is_out_until_they_are_not(at, name):
    at.corp.directory.extend(at.ada, **{name: DISABLED[name]})
    assert not signed_in(at.corp.sign_in())
    at.look()
    assert not signed_in(at.browser)
    at.corp.directory.change(at.ada, **{name: ENABLED[name]})
    at.look()
    assert not signed_in(at.browser)
    assert signed_in(at.corp.sign_in())


def test_who_is_back_signs_in_at_once(at):
    at.corp.directory.extend(at.ada, shadowExpire="1")
    at.look()
    at.corp.directory.change(at.ada, shadowExpire="99999")
    assert signed_in(at.corp.sign_in())
    assert (at.link_row().gone_at, at.link_row().shut_out) == (None, False)


def test_whom_an_operator_has_disabled_no_directory_enables(at):
    at.corp.directory.extend(at.ada, shadowExpire="1")
    at.look()
    with at.corp.app.app_context():
        user = find_by_login(ADDRESS)
        assert not disable(user, by="cli", requester=Requester())
        db.session.commit()
    at.corp.directory.change(at.ada, shadowExpire="99999")
    at.look()
    assert not signed_in(at.corp.sign_in())


def test_whom_an_operator_enables_is_out_again_while_they_are_gone(at):
    at.corp.directory.remove(at.ada)
    at.look()
    with at.corp.app.app_context():
        enable(find_by_login(ADDRESS), by="cli")
        db.session.commit()
    at.look()
    assert at.status() == "disabled"


def test_a_directory_that_is_away_says_nothing(at):
    at.corp.make.providers.change(
        "corp", ldap=at.corp.directory.options(url="ldaps://localhost:9")
    )
    assert at.look() == 0
    assert signed_in(at.browser)
    assert at.link_row().gone_at is None


def test_nor_does_one_that_shows_nobody(at):
    at.corp.directory.clear()
    assert at.look() == 0
    assert signed_in(at.browser)


def test_nor_one_that_gives_a_part_of_its_answer(at):
    other = at.corp.sign_in("eve@corp.example")
    at.corp.directory.add_person("limited")
    options = at.corp.directory.options(bind_dn=LIMITED)
    at.corp.make.providers.change("corp", ldap=options, secret=PASSWORD)
    assert at.look() == 0
    assert signed_in(at.browser)
    assert signed_in(other)


def test_owners_are_spared(at):
    owner = at.corp.make.users.account(roles=["owner"])
    at.corp.make.providers.link("corp", owner.id, subject="no-such-entry")
    browser = at.corp.sign_in(owner.email, owner.password)
    at.look()
    assert signed_in(browser)


def test_who_is_in_another_directory_too_stays(at):
    user_id = at.corp.make.records.user_id_of(ADDRESS)
    options = at.corp.directory.options()
    at.corp.make.providers.provider(
        "old", kind="ldap", name="Old", ldap=options, secret="x"
    )
    at.corp.make.providers.change("old", claims={"sub": "entryUUID"}, trust_email=True)
    at.corp.make.providers.link("old", user_id, subject="no-such-entry")
    at.look()
    assert signed_in(at.browser)


def test_at_another_way_in_the_directory_is_asked_at_once(at):
    key = add(at.browser.http)
    at.clock.tick(minutes=2)
    at.corp.directory.remove(at.ada)
    other = at.corp.new()
    sign_in_by_passkey(other.http, key)
    assert not signed_in(other)
    assert not signed_in(at.browser)
    assert at.status() == "disabled"


def test_there_a_directory_that_is_away_shuts_nobody_out(at):
    key = add(at.browser.http)
    at.clock.tick(minutes=2)
    at.corp.make.providers.change(
        "corp", ldap=at.corp.directory.options(url="ldaps://localhost:9")
    )
    other = at.corp.new()
    sign_in_by_passkey(other.http, key)
    assert signed_in(other)


def test_a_filter_that_no_longer_fits_is_as_good_as_gone(at):
    options = at.corp.directory.options(user_filter="(&(title=staff)(uid={login}))")
    at.corp.make.providers.change("corp", ldap=options)
    at.corp.directory.add_person("bob", title="staff")
    at.look()
    assert not signed_in(at.browser)


def test_a_filter_with_a_rule_of_its_own_shuts_nobody_out(at):
    options = at.corp.directory.options(user_filter="(uid:caseExactMatch:={login})")
    at.corp.make.providers.change("corp", ldap=options)
    assert at.look() == 1
    assert signed_in(at.browser)


def test_many_are_looked_up_in_few_searches(at, monkeypatch):
    monkeypatch.setattr(watch, "IN_ONE_SEARCH", 10)
    for number in range(23):
        other = at.corp.make.users.account(f"n{number}@at.corp.example", password=None)
        at.corp.make.providers.link("corp", other.id, subject=f"no-such-entry-{number}")
    assert at.look() == 24
    assert signed_in(at.browser)
    locked = at.corp.make.records.audited_details("user.locked")
    assert len(locked) == 23


def test_who_is_back_in_one_of_two_directories_is_let_in(at):
    user_id = at.corp.make.records.user_id_of(ADDRESS)
    second = {"kind": "ldap", "name": "Old", "claims": {"sub": "entryUUID"}}
    options = at.corp.directory.options()
    at.corp.make.providers.provider("old", **second, ldap=options, secret=SECRET)
    at.corp.make.providers.link("old", user_id, subject=at.link_row().subject)
    at.corp.directory.extend(at.ada, shadowExpire="1")
    at.look()
    assert at.status() == "disabled"
    at.corp.make.providers.change("corp", ldap=options | {"url": "ldaps://localhost:9"})
    at.corp.directory.change(at.ada, shadowExpire="99999")
    at.look()
    assert at.status() == "active"


def test_an_answer_that_is_older_than_a_sign_in_counts_no_more(at):
    with at.corp.app.app_context():
        seen = WatchedLink.of(db.session.query(LinkedIdentity).one())
    at.clock.tick(seconds=1)
    assert signed_in(at.corp.sign_in())
    with at.corp.app.app_context():
        assert not mark_gone(seen, now=utcnow())
        db.session.commit()
    assert signed_in(at.browser)
