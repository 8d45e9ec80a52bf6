"""The ``organization`` parameter, and the chooser of clients that ask for one."""

import pytest

from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.hosted_pages import ORIGIN, read_page
from tests.oauth.organizations.contexts import close, remove
from tests.rp import RelyingParty

SCOPE = "openid organizations"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def acme(make, ada):
    return make.organizations.organization(ada, name="Acme", slug="acme")


@pytest.fixture
def both(acme, bureau):
    """The ids of two organizations of hers."""
    return acme, bureau


@pytest.fixture
def bureau(make, ada):
    return make.organizations.organization(ada, name="Bureau", slug="bureau")


def at_app(make, browser, person, **metadata) -> RelyingParty:
    """Return an app of the operator's own, to which a signed-in person comes."""
    make.browsers.sign_in(browser.http, person=person)
    return again_at(make, browser, **metadata)


def again_at(make, browser, **metadata) -> RelyingParty:
    client = make.clients.own_app(scope=SCOPE, **metadata)
    return RelyingParty(browser.http, client, scope=SCOPE)


def chooser(browser, rp, **asked):
    """Come to the chooser; return its text."""
    browser.follow(rp.ask(**asked))
    assert browser.response.request.path == "/login/organization"
    return browser.text


def choose(browser, rp, organization_id):
    """Press a button of the chooser; return what the ID Token says then."""
    answer = browser.submit("/login/organization", organization=organization_id)
    return rp.finish(answer).claims


@pytest.mark.parametrize("by_id", [True, False])
def test_a_request_names_an_organization_by_id_or_slug(make, browser, ada, acme, by_id):
    rp = at_app(make, browser, ada)
    done = rp.finish(rp.ask(organization=acme if by_id else "acme"))
    assert (done.claims["org_id"], done.claims["org_roles"]) == (acme, ["owner"])


def test_without_the_parameter_there_is_no_context(make, browser, ada, acme):
    rp = at_app(make, browser, ada)
    assert "org_id" not in rp.finish(rp.ask()).claims


def test_an_organization_of_others_is_refused_like_one_that_is_none(make, browser, ada):
    grace = make.users.account("grace@example.com")
    theirs = make.organizations.organization(grace, name="Theirs", slug="theirs")
    rp = at_app(make, browser, ada)
    pages, errors = [], []
    for named in (theirs, "theirs", "nobodys", "f" * 32):
        page = rp.reach(organization=named)
        assert page.request.path == "/no-access"
        pages.append(read_page(page).text)
        error = rp.checked(rp.ask(organization=named, prompt="none"))
        assert error.pop("request_id")  # of each request alone
        errors.append(error)
    assert len(set(pages)) == 1
    assert "Theirs" not in pages[0]
    assert [each["error"] for each in errors] == ["access_denied"] * 4
    assert len({tuple(each.items()) for each in errors}) == 1


def test_one_that_is_out_of_use_is_no_context(make, browser, ada, acme):
    close(make, acme)
    rp = at_app(make, browser, ada)
    assert rp.reach(organization="acme").request.path == "/no-access"


def test_the_page_of_a_refusal_tells_the_app(make, browser, ada):
    rp = at_app(make, browser, ada)
    page = rp.reach(organization="nobodys")
    browser.follow(page)
    answer = browser.send("/no-access")
    assert rp.checked(answer)["error"] == "access_denied"


def test_an_app_of_others_asks_before_it_learns_where_one_is(make, browser, ada, acme):
    make.browsers.sign_in(browser.http, person=ada)
    client = make.clients.spa(scope="openid")
    rp = RelyingParty(browser.http, client)
    page = rp.reach(organization="acme")
    assert page.request.path == "/consent"
    assert "See your organizations and your roles there" in read_page(page).text
    assert rp.finish(rp.allow(page)).claims["org_id"] == acme
    assert rp.finish(rp.ask(organization="acme")).claims["org_id"] == acme


def test_who_belongs_to_several_chooses_and_the_session_keeps_it(
    make, browser, ada, both
):
    _acme, bureau = both
    rp = at_app(make, browser, ada, organization="required")
    text = chooser(browser, rp)
    assert "Acme" in text
    assert "Bureau" in text
    assert "without an organization" not in text
    assert choose(browser, rp, bureau)["org_id"] == bureau
    other = again_at(make, browser, organization="required")
    assert other.finish(other.ask()).claims["org_id"] == bureau


def test_who_belongs_to_many_searches_for_theirs(make, browser, ada):
    made = [
        make.organizations.organization(ada, name=f"Office {n:02}") for n in range(27)
    ]
    rp = at_app(make, browser, ada, organization="required")
    assert "There are more." in chooser(browser, rp)
    assert "Office 26" not in browser.text
    browser.open(f"{browser.response.request.full_path}&q=office+26")
    assert "Office 26" in browser.text
    assert "Office 25" not in browser.text
    sent = dict(browser.page.forms[1].fields) | {"organization": made[26]}
    headers = {"Origin": ORIGIN}
    answer = browser.http.post("/login/organization", data=sent, headers=headers)
    assert rp.finish(browser.follow(answer)).claims["org_id"] == made[26]


def test_who_is_to_choose_the_account_chooses_the_organization_too(
    make, browser, ada, both
):
    acme, bureau = both
    rp = at_app(make, browser, ada, organization="required")
    chooser(browser, rp)
    choose(browser, rp, acme)
    browser.follow(rp.ask(prompt="select_account"))
    browser.submit("/login/select", account=ada.id)
    assert browser.response.request.path == "/login/organization"
    assert choose(browser, rp, bureau)["org_id"] == bureau


def test_one_organization_needs_no_choice_where_it_takes_one(make, browser, ada, acme):
    rp = at_app(make, browser, ada, organization="required")
    assert rp.finish(rp.ask()).claims["org_id"] == acme


def test_who_is_in_none_cannot_use_an_app_that_takes_one(make, browser, ada):
    rp = at_app(make, browser, ada, organization="required")
    assert rp.reach().request.path == "/no-access"


def test_where_it_is_optional_one_may_go_without(make, browser, ada, acme):
    rp = at_app(make, browser, ada, organization="optional")
    assert "Continue without an organization" in chooser(browser, rp)
    assert "org_id" not in choose(browser, rp, "none")
    chooser(browser, rp)
    assert choose(browser, rp, acme)["org_id"] == acme


def test_who_is_in_none_is_not_asked_where_it_is_optional(make, browser, ada):
    rp = at_app(make, browser, ada, organization="optional")
    assert "org_id" not in rp.finish(rp.ask()).claims


def test_a_silent_request_says_that_a_choice_is_needed(make, browser, ada, both):
    rp = at_app(make, browser, ada, organization="required")
    assert rp.checked(rp.ask(prompt="none"))["error"] == "interaction_required"


@pytest.mark.parametrize("sent", ["none", "", "f" * 32, "nobodys"])
@pytest.mark.usefixtures("both")
def test_what_was_not_on_the_page_is_no_choice(make, browser, ada, sent):
    rp = at_app(make, browser, ada, organization="required")
    chooser(browser, rp)
    browser.submit("/login/organization", organization=sent)
    assert browser.response.request.path == "/login/organization"


def test_who_has_left_since_chooses_anew(make, browser, ada, both):
    acme, bureau = both
    make.organizations.add(acme, make.users.account(), "owner")
    rp = at_app(make, browser, ada, organization="required")
    chooser(browser, rp)
    assert choose(browser, rp, acme)["org_id"] == acme
    remove(make, acme, ada)
    assert rp.finish(rp.ask()).claims["org_id"] == bureau


def test_the_chooser_is_for_who_has_something_to_choose(make, browser, ada):
    make.browsers.sign_in(browser.http, person=ada)
    browser.open("/login/organization?return_to=/account/data")
    assert browser.response.request.path == "/account/data"


def test_an_unknown_setting_is_refused(make):
    with pytest.raises(InvalidClientMetadata):
        make.clients.own_app(scope=SCOPE, organization="always")
