"""/account/orgs/{id}/policies and its API: owners ask for more than the server does."""

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.api.callers import Program, bearer, fields, problem
from tests.issuer import IssuerClient


@pytest.fixture
def app(app):
    """The app with the key that signs access tokens."""
    app.test_client_class = IssuerClient
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    return app


@pytest.fixture
def boss(make):
    return make.users.account("boss@home.example")


@pytest.fixture
def corp(make, boss):
    return make.organizations.organization(boss)


@pytest.fixture
def enter(app):
    """Sign somebody in with a program of their own."""

    def sign_in(account) -> Program:
        program = Program(app.test_client(use_cookies=False))
        program.sign_in(account)
        return program

    return sign_in


def decided(program, corp) -> dict:
    """What is decided, by key."""
    known = program.get(f"/api/organizations/{corp}/policies").json["policies"]
    return {each["key"]: each["value"] for each in known if each["value"] is not None}


def test_an_owner_decides_on_the_page(browser, boss, corp, enter, make):
    browser.sign_in(boss.email, boss.password)
    browser.open(f"/account/orgs/{corp}")
    here = f"/account/orgs/{corp}/policies"
    assert here in browser.page.links
    browser.open(here)
    stale = dict(next(f for f in browser.page.forms if f.action == here).fields)
    browser.submit(here, second_factor="required", session_idle_seconds="soon")
    assert "Enter a whole number of seconds" in browser.text
    browser.submit(here, second_factor="required", session_idle_seconds="3600")
    assert "Saved." in browser.text
    owner = enter(boss)
    wanted = {"second_factor": "required", "session_idle_seconds": 3600}
    assert decided(owner, corp) == wanted
    browser.submit(here, version=stale["version"], second_factor="off")
    assert "Somebody else has changed this meanwhile" in browser.text
    assert decided(owner, corp) == wanted
    told = make.records.audited_details("policy.changed")
    assert [each["organization"] for each in told] == [corp] * 2


def test_programs_of_owners_decide_too_and_those_of_others_do_not(
    boss, corp, enter, make
):
    owner, path = enter(boss), f"/api/organizations/{corp}/policies"
    shown = owner.get(path)
    changed = owner.send("PATCH", path, {"values": {"second_factor": "required"}})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != shown.headers["ETag"]
    unknown = {"values": {"allowed_clients": ["no-such-app"]}}
    assert fields(owner.send("PATCH", path, unknown)) == {"allowed_clients": "invalid"}
    owner.headers["If-Match"] = shown.headers["ETag"]
    late = owner.send("PATCH", path, {"values": {"second_factor": None}})
    assert problem(late) == (412, "precondition_failed")
    manager, operator = make.users.account(), make.users.account(roles=["admin"])
    make.organizations.add(corp, manager, "admin")
    for other in (manager, operator):
        refused = enter(other).send("PATCH", path, {"values": {"second_factor": None}})
        assert problem(refused) == (403, "insufficient_role")
    assert problem(enter(make.users.account()).get(path))[0] == 404
    assert decided(enter(operator), corp) == {"second_factor": "required"}


def test_they_ask_for_a_sign_in_of_the_last_minutes(browser, boss, corp, clock):
    browser.sign_in(boss.email, boss.password)
    clock.tick(minutes=11)
    browser.open(f"/account/orgs/{corp}/policies")
    assert browser.response.request.path == "/account/confirm"


def decide(program, organization, **values):
    """Decide as an owner; return the answer."""
    path = f"/api/organizations/{organization}/policies"
    return program.send("PATCH", path, {"values": values})


def test_what_they_decide_has_nobody_mailed_but_their_members(boss, corp, enter, make):
    make.policies.decide(require_verified_email=False)
    stranger = make.users.account(email_verified=False)
    member = make.users.account(email_verified=False)
    make.organizations.add(corp, member)
    wanted = {"registration": "waitlist", "require_verified_email": True}
    assert decide(enter(boss), corp, **wanted).status_code == 200
    asked = enter(boss).post("/auth/waitlist", {"email": "anybody@example.com"})
    assert problem(asked) == (404, "no_waitlist")
    for account in (stranger, member):
        enter(account)
    assert make.records.mails_to(stranger.email) == []
    assert len(make.records.mails_to(member.email)) == 1


def test_a_field_that_is_hidden_stays_so_in_their_context(
    browser, boss, corp, enter, make
):
    owner, asked = enter(boss), {"gender": "required", "nickname": "required"}
    entered = owner.post("/auth/organization", {"organization_id": corp})
    owner.headers = bearer(entered.json)
    assert decide(owner, corp, fields=asked).status_code == 200
    make.policies.decide(fields={"gender": "hidden"})
    said = owner.send("PATCH", "/account/profile", {"gender": "x", "nickname": "B"})
    assert fields(said) == {"gender": "unknown_field"}
    make.policies.decide("organization", corp, fields={"nickname": "hidden"})
    said = owner.send("PATCH", "/account/profile", {"nickname": "B"})
    assert fields(said) == {"nickname": "unknown_field"}
    more = asked | {"website": "required"}
    assert fields(decide(owner, corp, fields=more)) == {
        "fields.gender": "hidden",
        "fields.nickname": "hidden",
    }
    make.policies.decide("organization", corp, fields=None)
    browser.sign_in(boss.email, boss.password)
    here = f"/account/orgs/{corp}/policies"
    browser.open(here)
    browser.submit(here, **{"fields.website": "required"})
    assert "Operators have hidden this" in browser.text
    browser.submit(here, **{"fields.website": "required", "fields.gender": ""})
    assert "Saved." in browser.text
    assert decided(owner, corp) == {
        "fields": {"nickname": "required", "website": "required"}
    }


def test_operators_and_owners_decide_side_by_side_and_the_strictest_holds(
    browser, boss, corp, enter, make
):
    owner = enter(boss)
    make.policies.decide("organization", corp, acr="aal2", second_factor="optional")
    assert decide(owner, corp, second_factor="required", acr="aal1").status_code == 200
    told = owner.get(f"/api/organizations/{corp}/policies").json["policies"]
    sides = {each["key"]: (each["by_operators"], each["by_owners"]) for each in told}
    assert sides["second_factor"] == ("optional", "required")
    assert decided(owner, corp) == {"second_factor": "required", "acr": "aal2"}
    entered = owner.post("/auth/organization", {"organization_id": corp})
    assert problem(entered)[1] == "second_factor_setup_required"
    assert decide(owner, corp, second_factor=None).status_code == 200
    operator = enter(make.users.account(roles=["owner"]))
    assert decided(operator, corp) == {"second_factor": "optional", "acr": "aal2"}
    assert decide(operator, corp, acr=None, email_code="off").status_code == 200
    assert decided(owner, corp) == {
        "second_factor": "optional",
        "acr": "aal1",
        "email_code": "off",
    }
    browser.sign_in(boss.email, boss.password)
    browser.open(f"/account/orgs/{corp}/policies")
    assert "Operators of this server decided: optional." in browser.text
    whose = make.records.audited_details("policy.changed")
    assert {each["scope"] for each in whose} == {"organization", "owners"}
    assert {each["organization"] for each in whose} == {corp}


def test_owners_change_them_so_often_an_hour(boss, corp, enter, make):
    owner, names = enter(boss), ["a.example", "b.example"]
    long = [f"{'x' * 60}.n{number}.example" for number in range(40)]
    refused = decide(owner, corp, registration_domains=long)
    assert fields(refused) == {"registration_domains": "too_long"}
    for number in range(29):
        order = names[:: (-1) ** number]
        assert decide(owner, corp, registration_domains=order).status_code == 200
    assert len(make.records.audited("policy.changed")) == 1
    assert problem(decide(owner, corp, acr="aal2"))[0] == 429
    operator = enter(make.users.account(roles=["owner"]))
    assert decide(operator, corp, registration_domains=names[:1]).status_code == 200


def test_apps_and_providers_are_chosen_by_name(browser, boss, corp, enter, make):
    diary, shop = (make.clients.spa(client_name=name) for name in ("Diary", "Shop"))
    make.clients.machine_client(client_name="Robot")
    make.groups.group("staff")
    make.clients.spa(client_name="Payroll", access={"groups": ["staff"]})
    browser.sign_in(boss.email, boss.password)
    here = f"/account/orgs/{corp}/policies"
    browser.open(here)
    names = ("Diary", "Account API", "Payroll", "Robot")
    assert [each for each in names if each in browser.text] == ["Diary", "Account API"]
    browser.submit(here, allowed_clients=[diary.client_id, "idp-account"])
    assert "Saved." in browser.text
    owner = enter(boss)
    named = {diary.client_id, "idp-account"}
    assert set(decided(owner, corp)["allowed_clients"]) == named
    assert f'value="{diary.client_id}" checked' in browser.response.text
    assert f'value="{shop.client_id}" checked' not in browser.response.text
    browser.submit(here, allowed_clients=["no-such-app"])
    assert "There is no no-such-app." in browser.text


def test_owners_are_told_of_no_app_and_no_provider_that_is_not_theirs(
    browser, boss, corp, enter, make
):
    rival = make.organizations.organization(make.users.account(), name="Rival")
    make.providers.provider("merger", name="Merger", organization_id=rival)
    for whose, called in ((rival, "Board"), (corp, "Staff"), (None, "All")):
        named = {"kind": "ldap", "name": f"{called} LDAP", "organization_id": whose}
        make.providers.provider(called.lower(), **named)
    pay = make.clients.spa(client_name="Payroll", access={"roles": []}).client_id
    make.policies.decide("organization", corp, allowed_providers=["merger"])
    make.policies.decide("owners", corp, allowed_clients=[pay])
    browser.sign_in(boss.email, boss.password)
    here = f"/account/orgs/{corp}/policies"
    browser.open(here)
    names = ("Merger", "Board LDAP", "Payroll", "Staff LDAP", "All LDAP")
    assert [each for each in names if each in browser.text] == [*names[3:]]
    assert "Operators of this server decided: merger." in browser.text
    browser.submit(here, allowed_clients=[pay], allowed_providers=["staff"])
    assert "Saved." in browser.text
    owner, refused = enter(boss), []
    assert decide(owner, corp, allowed_clients=None).status_code == 200
    for key, theirs in (("allowed_providers", "merger"), ("allowed_clients", pay)):
        for named in (theirs, "no-such"):
            answer = decide(owner, corp, **{key: [named]})
            assert fields(answer) == {key: "invalid"}
            refused.append(answer.json["errors"][0]["message"].replace(named, ""))
    assert set(refused) == {"There is no ."}
