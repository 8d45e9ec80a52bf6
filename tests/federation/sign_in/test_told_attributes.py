"""Attributes that a provider tells: filled in at sign-up, followed at each sign-in."""

import pytest

EVE = {"sub": "eve", "email": "eve@example.com", "email_verified": True, "name": "Eve"}
CLAIMS = {
    "attributes.team": "dept",
    "attributes.badge": "badge",
    "attributes.desks": "desks",
}


@pytest.fixture(autouse=True)
def defined(make):
    """One that people write, and two of operators."""
    make.attributes.define("team")
    make.attributes.define("badge", "choice", choices=("7", "8"), editable_by="admin")
    make.attributes.define("desks", "number", editable_by="admin")


@pytest.fixture
def mapped(acme):
    """A provider that tells of all."""
    acme(trust_email=True, claims=CLAIMS)


def signs_in(traveller, **claims):
    """Come by the provider as somebody who is not signed in here."""
    traveller.forget_session()
    traveller.sign_in(**EVE, **claims)
    assert traveller.at == "/account"


def values(make) -> dict:
    user_id = make.records.user_id_of("eve@example.com")
    return make.records.user_row(user_id)["attributes"]


@pytest.mark.usefixtures("mapped")
def test_they_are_filled_in_at_sign_up(traveller, make):
    signs_in(traveller, dept=" Engines ", badge=7, desks="2", shoe=44)
    assert values(make) == {"team": "Engines", "badge": "7", "desks": 2}


@pytest.mark.usefixtures("mapped")
def test_they_are_kept_while_another_is_asked_for(traveller, make):
    make.attributes.define("plan", required_at="register")
    traveller.sign_in(**EVE, dept="Engines", badge="7")
    assert traveller.at == "/register/provider"
    traveller.browser.submit(**{"attributes.plan": "paid"})
    assert values(make) == {"team": "Engines", "plan": "paid", "badge": "7"}


@pytest.mark.usefixtures("mapped")
def test_what_operators_write_follows_and_what_people_write_is_theirs(traveller, make):
    signs_in(traveller, dept="Engines", badge="7", desks=2)
    user_id = make.records.user_id_of("eve@example.com")
    make.attributes.give(user_id, team="Letters")
    signs_in(traveller, dept="Engines", badge=["8"])
    assert values(make) == {"team": "Letters", "badge": "8"}
    told = make.records.audited_details("profile.changed")[-1]
    assert told == {
        "fields": ["attributes.badge", "attributes.desks"],
        "by": "provider:acme",
    }
    before = len(make.records.audited("profile.changed"))
    signs_in(traveller, dept="Engines", badge="8")
    assert len(make.records.audited("profile.changed")) == before


@pytest.mark.usefixtures("mapped")
def test_what_is_none_of_its_values_is_left_out_and_keeps_nobody_out(
    traveller, make, caplog
):
    wrong = {"dept": "x\u0007", "badge": "9", "desks": {"a": 1}}
    signs_in(traveller, **wrong)
    assert not values(make)
    signs_in(traveller, badge="7", desks=1)
    signs_in(traveller, badge="9", desks="none")
    assert values(make) == {"badge": "7", "desks": 1}
    told = [record.field for record in caplog.records if hasattr(record, "field")]
    of_operators = ["attributes.badge", "attributes.desks"]
    assert told == ["attributes.team", *of_operators, *of_operators]


def test_no_organization_writes_what_operators_alone_write(acme, traveller, make):
    owner = make.users.account("boss@home.example")
    corp = make.organizations.organization(owner)
    make.organizations.own_domain(corp, "example.com")
    acme(trust_email=True, claims=CLAIMS, organization_id=corp)
    away = traveller.browser.http.get("/login/with/acme").location
    told = EVE | {"dept": "Engines", "badge": "7"}
    traveller.come_back(traveller.peer.approve(away, **told))
    assert values(make) == {"team": "Engines"}
