"""/account/orgs: the organizations of somebody, on pages of their account."""

import pytest

from idp.organizations.memberships import list_memberships
from idp.security.events import EVENTS
from idp.web.organizations.activity_page import EVENT_WORDS
from tests.hosted_pages import ORIGIN

PATH = "/account/orgs"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", name="Ada", username="ada")


@pytest.fixture
def grace(make):
    return make.users.account("grace@example.com", name="Grace", username="grace")


@pytest.fixture
def page(browser, ada):
    browser.sign_in(ada.email, ada.password)
    return browser


@pytest.fixture
def acme(make, ada, grace) -> str:
    """The path of an organization of Ada, with Grace in it."""
    made = make.organizations.organization(ada, grace, name="Acme")
    return f"{PATH}/{made}"


@pytest.fixture
def roles_of(app):
    """Say by the names of organizations what somebody is there."""

    def look(person) -> dict[str, tuple[str, ...]]:
        with app.app_context():
            found = list_memberships(person.id)
            return {m.organization_name: m.roles for m in found if not m.personal}

    return look


def act(browser, path, **typed):
    """Press a button of the page that is open."""
    fields = (dict(form.fields) for form in browser.page.forms)
    token = next(held["csrf_token"] for held in fields if "csrf_token" in held)
    headers = {"Origin": ORIGIN, "Accept": "text/html"}
    data = {"csrf_token": token, **typed}
    sent = browser.http.post(path, data=data, headers=headers)
    return browser.follow(sent)


def test_one_is_made_and_listed(page, roles_of, ada):
    page.open(PATH)
    assert "Ada" in page.text
    page.open(f"{PATH}/new")
    page.submit(f"{PATH}/new", name=" Acme ")
    assert "The organization is there." in page.text
    assert "1 member" in page.text
    assert "ada@example.com" in page.text
    page.open(PATH)
    assert "acme" in page.text
    assert roles_of(ada) == {"Acme": ("owner",)}


def test_mistakes_stand_beside_their_fields(page, acme):
    page.open(f"{PATH}/new")
    page.submit(f"{PATH}/new", name="", slug="No!", logo_uri="http://x")
    assert "Give the organization a name." in page.text
    assert "Use 2 to 31 lower-case letters" in page.text
    assert "Only addresses with https:// are taken." in page.text
    page.open(acme)
    page.open(f"{acme}/settings")
    make_slug = act(page, f"{acme}/settings", act="save", name="A", slug="x")
    assert "Use 2 to 31 lower-case letters" in make_slug.text


def test_members_are_searched(page, acme):
    page.open(f"{acme}?q=gra")
    assert "Grace" in page.text
    assert "Ada" not in page.text.partition("Roles Joined")[2]
    page.open(f"{acme}?role=owner")
    assert "grace@example.com" not in page.text
    page.open(f"{acme}?q=nobody")
    assert "No member is like that." in page.text


def test_an_owner_changes_what_it_is_called_and_names_roles(page, acme):
    page.open(f"{acme}/settings")
    act(page, f"{acme}/settings", act="save", name="Acme Inc.", slug="acme-inc")
    assert "Saved." in page.text
    assert page.title.startswith("Acme Inc.")
    act(page, f"{acme}/settings", act="role", name="billing", permissions="a\nb")
    assert "a, b" in page.text
    page.open(f"{acme}/settings?role=billing")
    form = next(f for f in page.page.forms if ("name", "billing") in f.fields)
    assert form
    act(page, f"{acme}/settings", act="role", name="Owner", permissions="")
    assert "begin with a letter" in page.text
    act(page, f"{acme}/settings", act="remove_role", name="billing")
    assert "None yet." in page.text


def test_an_owner_gives_roles_and_removes(page, acme, grace, roles_of):
    page.open(f"{acme}/settings")
    act(page, f"{acme}/settings", act="role", name="billing")
    there = f"{acme}/members/{grace.id}"
    page.open(there)
    act(page, there, act="save", role="admin", own_roles="billing")
    assert roles_of(grace) == {"Acme": ("admin", "billing")}
    page.open(there)
    act(page, there, act="remove")
    assert "They are no member any more." in page.text
    assert roles_of(grace) == {}
    assert page.open(there).status_code == 404


def test_the_last_owner_is_told_why_they_stay(page, acme, ada, grace, roles_of):
    page.open(acme)
    assert "Leave this organization" not in page.text
    assert "You are the last owner." in page.text
    page.open(f"{acme}/settings")
    act(page, acme, act="leave")
    assert "This is the last owner of the organization." in page.text
    page.open(f"{acme}/members/{ada.id}")
    act(page, f"{acme}/members/{ada.id}", act="save", role="member")
    assert "This is the last owner of the organization." in page.text
    there = f"{acme}/members/{grace.id}"
    page.open(there)
    act(page, there, act="transfer")
    assert roles_of(grace) == {"Acme": ("owner",)}
    act(page, acme, act="leave")
    assert "You have left the organization." in page.text
    assert roles_of(ada) == {}


def test_an_owner_reads_what_was_done(page, make, acme, grace, another_browser):
    page.open(f"{acme}/members/{grace.id}")
    act(page, f"{acme}/members/{grace.id}", act="save", role="admin")
    make.policies.decide("organization", acme.rpartition("/")[2], acr="aal2")
    page.open(f"{acme}/activity")
    assert "Level of a sign-in" in page.text
    assert "Roles of a member changed" in page.text
    assert "Grace" in page.text
    page.open(f"{acme}/activity?event=member.left")
    assert "No event is like that." in page.text
    others = another_browser()
    others.sign_in(grace.email, grace.password)
    assert others.open(f"{acme}/activity").status_code == 403
    assert "Activity" not in others.open(f"{acme}/settings").text.partition("<main")[2]


def test_every_event_about_an_organization_has_words():
    concerned = {name for name, event in EVENTS.items() if event.organization}
    assert concerned == set(EVENT_WORDS)


def test_it_is_deleted_by_its_name_and_kept_again(page, acme):
    page.open(f"{acme}/settings")
    act(page, f"{acme}/settings", act="delete", confirmation="acme")
    assert "Type the name exactly" in page.text
    act(page, f"{acme}/settings", act="delete", confirmation="Acme")
    assert "will be erased" in page.text
    page.open(acme)
    act(page, acme, act="undo")
    assert "The organization stays." in page.text
    assert "Being deleted" not in page.text


def test_deleting_one_asks_first_who_it_is(page, acme, clock):
    clock.tick(minutes=11)
    page.open(f"{acme}/settings")
    act(page, f"{acme}/settings", act="delete", confirmation="Acme")
    assert page.response.request.path == "/account/confirm"


def test_members_look_and_others_hear_that_there_is_none(
    page, acme, grace, another_browser, make
):
    other = another_browser()
    other.sign_in(grace.email, grace.password)
    other.open(acme)
    assert "Ada" in other.text
    assert "ada@example.com" not in other.text
    nameless = make.users.account("nameless@example.com", username=None)
    make.organizations.add(acme.rpartition("/")[2], nameless)
    assert "No name" in other.open(f"{acme}/members/{nameless.id}").text
    assert "nameless@example.com" not in other.response.text
    assert other.open(f"{acme}/settings").status_code == 403
    refused = act_at(other, acme, f"{acme}/settings", act="save", name="Mine")
    assert refused.status_code == 403
    stranger, person = another_browser(), make.users.account()
    stranger.sign_in(person.email, person.password)
    assert stranger.open(acme).status_code == 404


def act_at(browser, shown, path, **typed):
    """Press a button that no page shows."""
    browser.open(shown)
    return act(browser, path, **typed)


def test_ones_own_is_shown_and_renamed(app, page, ada):
    with app.app_context():
        own = list_memberships(ada.id)[0].organization_id
    page.open(f"{PATH}/{own}")
    assert "Leave this organization" not in page.text
    page.open(f"{PATH}/{own}/settings")
    assert "Short name" not in page.text
    act(page, f"{PATH}/{own}/settings", act="save", name="Mine")
    assert "Mine" in page.text


class TestWhereOperatorsMakeThem:
    @pytest.fixture
    def environ(self):
        return {"IDP_ORGANIZATIONS": "admins"}

    def test_nobody_is_led_to_make_one(self, page):
        page.open(PATH)
        assert "New organization" not in page.text
        page.open(f"{PATH}/new")
        page.submit(f"{PATH}/new", name="Acme")
        assert "Only administrators can create organizations here." in page.text
