"""What people leave out of what an app asks for, and what the app gets then."""

import json

import pytest

from idp.accounts.models import User
from idp.core.db import db
from tests.hosted_pages import ORIGIN, PageReader, follow, read_page
from tests.rp import RelyingParty

SCOPE = "openid email address phone"


@pytest.fixture
def rp(http, make):
    return RelyingParty(http, make.clients.spa(scope=f"{SCOPE} profile"), scope=SCOPE)


@pytest.fixture
def ada(app, http, make):
    ada = make.browsers.sign_in(http, email="ada@example.org")
    with app.app_context():
        user = db.session.get_one(User, ada.user_id)
        user.phone_number, user.address = "+4930123", {"locality": "Bonn"}
        db.session.commit()
    return ada


def boxes(page):
    """The scope values that can be left out, and whether their box is ticked."""
    reader = PageReader()
    found = {}

    def note(tag, attrs):
        given = dict(attrs)
        if given.get("type") == "checkbox":
            found[given["name"].removeprefix("keep-")] = "checked" in given

    reader.handle_starttag = note
    reader.feed(page.text)
    return found


def allow(rp, page, *, keep):
    """Press Allow with exactly these boxes ticked."""
    form = read_page(page).forms[0]
    data = {n: v for n, v in form.fields if not n.startswith("keep-")}
    data |= {f"keep-{name}": "yes" for name in keep}
    data["decision"] = "allow"
    answer = rp.http.post(form.action, data=data, headers={"Origin": ORIGIN})
    return follow(rp.http, answer)


def test_what_is_extra_can_be_left_out(rp, ada):
    assert boxes(rp.reach()) == {"address": True, "phone": True}


def test_tokens_and_userinfo_have_what_was_kept(rp, ada):
    done = rp.finish(allow(rp, rp.reach(), keep=["phone"]))
    assert done.tokens["scope"] == "openid email phone"
    told = rp.userinfo(done.tokens)
    assert told["phone_number"] == "+4930123"
    assert "address" not in told


def test_the_person_is_not_asked_again_for_what_they_left_out(rp, ada):
    allow(rp, rp.reach(), keep=["phone"])
    assert rp.finish(rp.ask()).tokens["scope"] == "openid email phone"
    assert "code" in rp.checked(rp.ask(prompt="none"))


def test_a_second_look_shows_what_was_left_out_and_takes_a_new_answer(rp, ada):
    allow(rp, rp.reach(), keep=["phone"])
    page = rp.reach(prompt="consent")
    assert boxes(page) == {"address": False, "phone": True}
    assert "New" not in read_page(page).text
    allow(rp, page, keep=["address"])
    assert rp.finish(rp.ask()).tokens["scope"] == "openid email address"


def test_what_is_needed_cannot_be_left_out(rp, ada):
    done = rp.finish(allow(rp, rp.reach(), keep=[]))
    assert done.tokens["scope"] == "openid email"


def test_keeping_nothing_is_a_no(rp, ada):
    page = rp.reach(scope="address")
    assert rp.checked(allow(rp, page, keep=[]))["error"] == "access_denied"
    assert rp.reach(scope="address").status_code == 200


def test_nothing_is_kept_that_was_not_asked_for(rp, ada):
    page = rp.reach(scope="openid phone")
    done = rp.finish(allow(rp, page, keep=["phone", "address", "profile"]))
    assert done.tokens["scope"] == "openid phone"


def test_a_client_says_what_is_optional_for_it(http, make, ada):
    client = make.clients.spa(scope=SCOPE, optional_scope="email openid")
    page = RelyingParty(http, client, scope=SCOPE).reach()
    assert boxes(page) == {"email": True}


def claims(*names, member="userinfo"):
    return json.dumps({member: dict.fromkeys(names)})


def test_one_claim_is_asked_for_like_the_scope_it_belongs_to(rp, ada):
    page = rp.reach(scope="openid", claims=claims("phone_number"))
    assert boxes(page) == {"phone": True}
    done = rp.finish(allow(rp, page, keep=["phone"]))
    assert done.tokens["scope"] == "openid"
    assert rp.userinfo(done.tokens) == {"sub": ada.user_id, "phone_number": "+4930123"}


@pytest.mark.parametrize("member", ["userinfo", "id_token"])
def test_a_claim_that_was_left_out_is_not_told(rp, ada, member):
    page = rp.reach(scope="openid", claims=claims("phone_number", member=member))
    done = rp.finish(allow(rp, page, keep=[]))
    assert "phone_number" not in done.claims
    assert "phone_number" not in rp.userinfo(done.tokens)


def test_a_claim_of_a_scope_that_the_client_cannot_have_is_not_told(http, make, ada):
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    done = rp.finish(rp.ask(claims=claims("email", "phone_number", "nonsense")))
    assert rp.userinfo(done.tokens) == {"sub": ada.user_id}
