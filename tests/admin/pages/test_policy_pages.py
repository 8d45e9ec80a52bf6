"""/admin/policies: look at what is decided, and decide otherwise."""

import pytest

from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of
from tests.hosted_pages import read_page

PATH = "/admin/policies"


@pytest.fixture
def admin(http, make) -> AdminBrowser:
    """The browser of an owner, who alone may decide."""
    make.browsers.sign_in(http, roles=["owner"])
    return AdminBrowser(http)


def typed(admin: AdminBrowser, path=PATH, **changed) -> dict:
    """Return the fields of a page as a browser would send them, with changes."""
    fields = dict(read_page(admin.open(path)).forms[0].fields)
    return fields | changed


def save(admin: AdminBrowser, path=PATH, **changed):
    answer = admin.send(path, typed(admin, path, **changed))
    assert answer.status_code == 303, answer.text
    return admin.open(answer.location)


def test_what_is_decided_is_shown_again(admin):
    page = save(
        admin,
        registration="closed",
        require_verified_email="false",
        session_lifetime_seconds="3600",
        max_sessions="5",
        **{"sign_in_methods.password": "1"},
    )
    assert "Saved." in words_of(page)
    assert '<option lang="en" selected value="closed">' in page.text
    assert '<option selected value="false">' in page.text
    assert admin.value(page, "session_lifetime_seconds") == "3600"
    assert admin.value(page, "session_idle_seconds") == ""
    assert page.text.count(" checked") == 1


def test_it_is_done(admin, browser):
    save(admin, registration="closed")
    assert browser.open("/register").status_code == 403
    save(admin, registration="")
    assert browser.open("/register").status_code == 200


def test_a_mistake_is_explained_and_nothing_is_saved(admin, make):
    sent = typed(admin, session_lifetime_seconds="1 hour", max_sessions="3")
    page = admin.send(PATH, sent)
    assert "Enter a whole number of seconds" in errors_of(page)
    assert admin.value(page, "session_lifetime_seconds") == "1 hour"
    assert admin.value(page, "max_sessions") == "3"
    assert make.records.audited("policy.changed") == []
    sent = typed(admin, max_sessions="0")
    assert "1 to 1000" in errors_of(admin.send(PATH, sent))


def test_an_older_state_overwrites_nothing(admin, make):
    sent = typed(admin, max_sessions="3")
    make.policies.decide(session_idle_seconds=600)
    page = admin.send(PATH, sent)
    assert "Somebody else has changed this meanwhile" in words_of(page)
    assert admin.value(page, "session_idle_seconds") == "600"
    assert admin.value(page, "max_sessions") == ""
    assert make.policies.decide(max_sessions=None) == []


def test_a_role_an_app_and_an_organization_have_their_own(admin, make):
    spa = make.clients.spa(client_name="Diary")
    page = admin.open(PATH, scope="client", scope_id=spa.client_id)
    assert "Policies of Diary" in words_of(page)
    assert 'name="registration"' in page.text
    assert 'name="session_idle_seconds"' not in page.text
    path = f"{PATH}?scope=client&scope_id={spa.client_id}"
    save(admin, path, session_lifetime_seconds="7200")
    save(admin, f"{PATH}?scope=role&scope_id=admin", require_verified_email="true")
    words = words_of(admin.open(PATH))
    assert "Diary App Length of a session: 7200 (120 minutes)" in words
    assert "admin Role Confirmed email address: Yes" in words


@pytest.mark.parametrize("place", [("role", "king"), ("client", "x"), ("planet", "x")])
def test_where_nothing_is_the_page_says_so(admin, place):
    scope, scope_id = place
    words = words_of(admin.open(PATH, scope=scope, scope_id=scope_id))
    assert "There is no such role, app or organization." in words


class TestASettingThatWasGiven:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "open"}

    def test_it_is_shown_with_its_source_and_without_a_control(self, admin):
        page = admin.open(PATH)
        assert "Set by IDP_REGISTRATION" in words_of(page)
        assert 'name="registration"' not in page.text
        save(admin, registration="closed", max_sessions="2")
        assert "Set by IDP_REGISTRATION" in words_of(admin.open(PATH))


def test_what_was_typed_comes_back_after_a_proof(admin, make, clock):
    sent = typed(admin, max_sessions="7", **{"sign_in_methods.link": "1"})
    clock.tick(minutes=11)
    asked = admin.send(PATH, sent)
    assert asked.location.startswith("/account/confirm")
    assert make.records.audited("policy.changed") == []


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_who_may_look_alone_sees_values_and_no_button(http, make, role):
    make.policies.decide(registration="closed")
    make.browsers.sign_in(http, roles=[role])
    page = AdminBrowser(http).open(PATH)
    assert "closed" in words_of(page)
    assert 'name="registration"' not in page.text
    assert "Save" not in words_of(page)
    sent = AdminBrowser(http).send(PATH, {"version": "x"})
    assert sent.status_code == 403


@pytest.mark.parametrize("roles", [[], ["support"]])
def test_others_see_nothing(browser, make, roles):
    ada = make.users.account(roles=roles)
    browser.sign_in(ada.email, ada.password)
    assert browser.open(PATH).status_code == 403
