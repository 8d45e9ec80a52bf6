"""Owners of an organization set up its providers themselves, within bounds."""

from ipaddress import ip_network

import pytest

from idp.core.db import db
from idp.federation.of_organizations.providers import MOST
from idp.federation.providers.cache import find_provider
from idp.federation.trial import try_provider
from idp.oauth.keys.rotation import ensure_keys
from idp.organizations.lifecycle.deletion import erase_due
from idp.security.outbound.client import Outbound
from idp.security.outbound.targets import place_of, system_resolver
from tests.api.callers import Program, fields, problem
from tests.federation.peers import CLIENT_ID, SECRET
from tests.hosted_pages import ORIGIN
from tests.issuer import IssuerClient

ADA = "ada@corp.example"


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
    """An organization that has proven corp.example."""
    made = make.organizations.organization(boss)
    make.organizations.own_domain(made, "corp.example")
    return made


@pytest.fixture
def owner(app, boss):
    """The program of its owner."""
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(boss)
    return program


def said_of(peer, **more):
    known = {"name": "Corp ID", "issuer": peer.issuer, "client_id": CLIENT_ID}
    return {**known, "client_secret": SECRET, **more}


@pytest.fixture
def its_own(owner, corp, peer):
    """Where the organization's provider is, once the owner has made it."""
    made = owner.post(f"/api/organizations/{corp}/providers", said_of(peer))
    assert made.status_code == 201, made.text
    return f"/api/organizations/{corp}/providers/{made.json['id']}"


def come_by(traveller, path, **claims):
    """Go to the provider by its address, and come back."""
    provider_id = path.rpartition("/")[2]
    away = traveller.browser.http.get(f"/login/with/{provider_id}").location
    answer = traveller.peer.approve(away, **claims)
    query = "&".join(f"{name}={value}" for name, value in answer.items())
    return traveller.browser.open(f"/oauth2/callback/{provider_id}?{query}")


def roles_of(owner, corp) -> list[list[str]]:
    members = owner.get(f"/api/organizations/{corp}/members").json["items"]
    return [each["roles"] for each in members]


def test_an_owner_makes_tests_changes_disables_and_deletes_one(owner, its_own, corp):
    told = owner.get(its_own).json
    assert (told["trust_email"], told["link"]) == (True, "verified")
    assert told["redirect_uri"].endswith(f"/oauth2/callback/{told['id']}")
    assert "client_secret" not in told
    assert owner.post(f"{its_own}/test").json["passed"] is True
    changed = owner.send("PATCH", its_own, {"name": "Corp", "disabled": True})
    assert (changed.json["name"], changed.json["has_secret"]) == ("Corp", True)
    assert changed.json["disabled_at"]
    assert owner.get(f"/api/organizations/{corp}/providers").json == [changed.json]
    assert owner.send("DELETE", its_own).status_code == 204
    assert problem(owner.get(its_own)) == (404, "unknown_provider")


def test_who_signs_up_by_it_joins_with_the_roles_that_it_tells_of(
    owner, its_own, corp, traveller, make
):
    roles = f"/api/organizations/{corp}/roles"
    owner.put(f"{roles}/billing", {"permissions": []})
    mapped = {"groups_claim": "teams", "organization_roles": {"ops": "admin"}}
    mapped["organization_roles"]["money"] = "billing"
    assert owner.send("PATCH", its_own, mapped).status_code == 200
    verified = {"email": ADA, "email_verified": True}
    come_by(traveller, its_own, sub="ada", **verified, teams=["ops", "money"])
    assert traveller.signed_in, traveller.browser.text
    assert roles_of(owner, corp) == [["owner"], ["admin", "billing"]]
    traveller.forget_session()
    come_by(traveller, its_own, sub="ada", **verified, teams=["money"])
    assert roles_of(owner, corp) == [["owner"], ["member", "billing"]]
    owner.send("DELETE", f"{roles}/billing")
    traveller.forget_session()
    come_by(traveller, its_own, sub="ada", **verified, teams=["money", "ops"])
    assert roles_of(owner, corp) == [["owner"], ["admin"]]
    told = make.records.audited_details("member.role_changed")
    assert told[-1]["provider"] == its_own.rpartition("/")[2]


def test_one_who_was_removed_stays_out_and_one_unproven_waits(
    owner, its_own, corp, traveller, make
):
    come_by(traveller, its_own, sub="ada", email=ADA, email_verified=False)
    assert traveller.signed_in
    assert len(roles_of(owner, corp)) == 1
    traveller.forget_session()
    eve = {"sub": "eve", "email": "eve@corp.example", "email_verified": True}
    come_by(traveller, its_own, **eve)
    [_, joined] = owner.get(f"/api/organizations/{corp}/members").json["items"]
    path = f"/api/organizations/{corp}/members/{joined['user']['id']}"
    assert owner.send("DELETE", path).status_code == 204
    traveller.forget_session()
    come_by(traveller, its_own, **eve)
    assert traveller.signed_in
    assert len(roles_of(owner, corp)) == 1


def test_the_last_owner_stays_one_whatever_the_claim_says(
    owner, its_own, corp, traveller, make
):
    mapped = {"groups_claim": "teams", "organization_roles": {"chiefs": "owner"}}
    owner.send("PATCH", its_own, mapped)
    chief = {"sub": "ada", "email": ADA, "email_verified": True}
    come_by(traveller, its_own, **chief, teams=["chiefs"])
    assert roles_of(owner, corp) == [["owner"], ["owner"]]
    assert owner.post(f"/api/organizations/{corp}/leave").status_code == 204
    traveller.forget_session()
    come_by(traveller, its_own, **chief, teams=[])
    memberships = traveller.browser.http.get("/auth/me").json["memberships"]
    assert [each["role"] for each in memberships] == ["owner", "owner"]


def test_the_pages_add_one_test_change_and_delete_it(browser, boss, owner, corp, peer):
    browser.sign_in(boss.email, boss.password)
    here = f"/account/orgs/{corp}/providers"
    browser.open(here)
    typed = {"name": "Corp ID", "issuer": peer.issuer, "client_id": CLIENT_ID}
    browser.submit(here, **typed)
    assert "Client secret: must be given" in browser.text
    browser.submit(here, **typed, client_secret=SECRET)
    [made] = owner.get(f"/api/organizations/{corp}/providers").json
    assert made["redirect_uri"] in browser.text
    page = f"{here}/{made['id']}"
    browser.submit(page, act="test")
    assert "It answers as it should" in browser.text
    mapped = {"groups_claim": "teams", "organization_roles": "ops = admin\nx=nobody"}
    form = {**typed, **mapped, "link": "ask", "scopes": "openid email"}
    save(browser, page, **form)
    assert "cannot be 'nobody'" in browser.text
    save(browser, page, **form | {"organization_roles": "ops = admin"})
    [changed] = owner.get(f"/api/organizations/{corp}/providers").json
    assert changed["organization_roles"] == {"ops": "admin"}
    assert (changed["link"], changed["has_secret"]) == ("ask", True)
    browser.submit(page, act="disable")
    browser.submit(page, act="delete", confirmation="Corp ID")
    assert "No providers yet." in browser.text


def test_operators_see_them_in_the_console_and_set_them_up_there(
    another_browser, its_own, corp, owner, make
):
    admin, browser = make.users.account(roles=["admin"]), another_browser()
    browser.sign_in(admin.email, admin.password)
    browser.open(f"/admin/orgs/{corp}")
    here = f"/admin/orgs/{corp}/providers"
    assert here in browser.page.links
    browser.open(here)
    page = f"{here}/{its_own.rpartition('/')[2]}"
    browser.open(page)
    assert f"/admin/providers/{its_own.rpartition('/')[2]}" in browser.page.links
    browser.submit(page, act="disable")
    assert owner.get(its_own).json["disabled_at"]
    auditor, looks = make.users.account(roles=["auditor"]), another_browser()
    looks.sign_in(auditor.email, auditor.password)
    looks.open(page)
    assert "Your role lets you look, not change." in looks.text
    assert "Delete for good" not in looks.text
    looks.open(here)
    assert "Add a provider" not in looks.text


def test_they_ask_for_a_sign_in_of_the_last_minutes(browser, boss, corp, clock):
    browser.sign_in(boss.email, boss.password)
    clock.tick(minutes=11)
    browser.open(f"/account/orgs/{corp}/providers")
    assert browser.response.request.path == "/account/confirm"


def save(browser, page, **typed) -> None:
    """Send the settings, whose form is the second one."""
    forms = [form for form in browser.page.forms if form.action == page]
    data = dict(forms[1].fields) | typed | {"act": "save"}
    headers = {"Origin": ORIGIN, "Accept": "text/html"}
    browser.follow(browser.http.post(page, data=data, headers=headers))


@pytest.mark.parametrize(
    "said",
    [
        {"groups": {"ops": "developers"}},
        {"roles": {"ops": "owner"}},
        {"acr": {"strong": "mfa"}},
        {"domains": ["other.example"]},
        {"enforced": True},
        {"organization_id": "other"},
        {"kind": "ldap"},
        {"keeps_tokens": True},
        {"private_networks": True},
        {"claims": {"sub": "sub", "attributes.clearance": "level"}},
    ],
)
def test_what_is_an_operators_is_not_theirs_to_say(owner, its_own, peer, said):
    path = its_own.rpartition("/")[0]
    for answer in (
        owner.post(path, said_of(peer, **said)),
        owner.send("PATCH", its_own, said),
    ):
        assert said.keys() <= fields(answer).keys()


def test_only_openid_connect_and_only_so_many(owner, corp, peer, its_own):
    path = f"/api/organizations/{corp}/providers"
    github = {"preset": "github", "client_id": "x", "client_secret": "y"}
    assert fields(owner.post(path, github)) == {"preset": "invalid_provider"}
    unknown = {"groups_claim": "g", "organization_roles": {"ops": "no-such"}}
    refused = fields(owner.post(path, said_of(peer, **unknown)))
    assert refused == {"organization_roles": "invalid_provider"}
    made = [owner.post(path, said_of(peer)).status_code for _ in range(MOST)]
    assert made == [201] * (MOST - 1) + [409]


def test_admins_and_owners_of_others_have_no_say(owner, its_own, app, make, corp):
    admin, other = make.users.account(), make.users.account()
    make.organizations.add(corp, admin, "admin")
    foreign = make.organizations.organization(other)
    for account in (admin, other):
        program = Program(app.test_client(use_cookies=False))
        program.sign_in(account)
        assert program.get(its_own).status_code in (403, 404)
        assert program.send("PATCH", its_own, {"name": "x"}).status_code in (403, 404)
        elsewhere = its_own.replace(corp, foreign)
        assert program.send("DELETE", elsewhere).status_code == 404


def test_what_decides_on_groups_and_levels_stays_an_operators_to_change(
    owner, corp, acme
):
    acme(organization_id=corp, groups_claim="groups", groups={"eng": "server-admins"})
    path = f"/api/organizations/{corp}/providers/acme"
    refused = owner.send("PATCH", path, {"groups_claim": "nickname"})
    assert problem(refused) == (403, "insufficient_role")
    assert owner.send("DELETE", path).status_code == 204


def test_a_secret_goes_to_no_other_server_than_it_was_typed_for(owner, its_own):
    elsewhere = {"issuer": "https://evil.example", "auth_method": "client_secret_post"}
    refused = owner.send("PATCH", its_own, elsewhere)
    assert refused.status_code == 400, refused.text
    assert refused.json["errors"][0]["field"] == "client_secret"


def test_who_may_change_organizations_alone_adds_no_way_into_accounts(
    owner, corp, peer, app, make
):
    root = Program(app.test_client(use_cookies=False))
    root.sign_in(make.users.account(roles=["owner"]))
    kept = ["organizations.read", "organizations.write"]
    key = root.post("/api/admin/api-keys", {"name": "orgs", "permissions": kept}).json
    headers = {"Authorization": f"Bearer {key['key']}"}
    path = f"/api/organizations/{corp}/providers"
    refused = app.test_client().post(path, json=said_of(peer), headers=headers)
    assert refused.status_code == 403, refused.text


def test_it_goes_with_its_organization(owner, app, its_own, corp, clock):
    assert owner.send("DELETE", f"/api/organizations/{corp}").status_code == 204
    clock.tick(days=15)
    with app.app_context():
        assert erase_due() == 1
        db.session.commit()
        assert find_provider(its_own.rpartition("/")[2]) is None


def test_what_owners_name_is_asked_at_public_addresses_alone_or_where_operators_say(
    owner, its_own, app, peer, make
):
    make.providers.provider("acme", issuer=peer.issuer, client_id=CLIENT_ID)
    reached = []

    class Watched(Outbound):
        def send(self, request):
            reached.append(self.reaches_opened(place_of(request.url)))
            return super().send(request)

    office = (ip_network("10.0.0.0/8"),)
    app.extensions["idp"][Outbound] = Watched(allow_loopback=True, networks=office)
    assert owner.post(f"{its_own}/test").json["passed"] is True
    assert reached == [False] * 3
    with app.app_context():
        try_provider("acme")
    assert reached[3:] == [True] * 3
    root = Program(app.test_client(use_cookies=False))
    root.sign_in(make.users.account(roles=["admin"]))
    by_operators = f"/api/admin/providers/{its_own.rpartition('/')[2]}"
    opening = {"private_networks": True}
    # owners may have moved it since who lets it be there looked
    unnamed = root.send("PATCH", by_operators, opening)
    assert fields(unnamed) == {"private_networks": "invalid_provider"}
    opened = root.send("PATCH", by_operators, opening | {"issuer": peer.issuer})
    assert opened.json["private_networks"] is True
    assert owner.post(f"{its_own}/test").json["passed"] is True
    assert reached[6:] == [True] * 3
    assert owner.send("PATCH", its_own, {"name": "Corp"}).json["private_networks"]
    moved = {"issuer": f"{peer.issuer}/moved", "client_secret": SECRET}
    assert not owner.send("PATCH", its_own, moved).json["private_networks"]
    said = opening | {"issuer": peer.issuer}
    acme = root.send("PATCH", "/api/admin/providers/acme", said)
    assert fields(acme) == {"private_networks": "invalid_provider"}


def test_in_a_private_network_the_issuer_alone_is_asked(
    owner, its_own, app, peer, make
):
    """What owners run there says where the rest is: it leads to no other server."""
    asked = []

    class Office(Outbound):
        def connect(self, target, deadline):
            asked.append(target.host)
            if target.host.endswith(".corp.example"):
                raise ConnectionRefusedError
            return super().connect(target, deadline)

    def resolver(host, port):
        inside = host.endswith(".corp.example")
        return ["10.0.0.7"] if inside else system_resolver(host, port)

    office = (ip_network("10.0.0.0/8"),)
    app.extensions["idp"][Outbound] = Office(
        allow_loopback=True, networks=office, resolver=resolver
    )
    root = Program(app.test_client(use_cookies=False))
    root.sign_in(make.users.account(roles=["admin"]))
    by_operators = f"/api/admin/providers/{its_own.rpartition('/')[2]}"
    said = {"private_networks": True, "issuer": peer.issuer}
    assert root.send("PATCH", by_operators, said).status_code == 200
    for name, step in (("jwks_uri", "keys"), ("token_endpoint", "token")):
        peer.documents = {name: "https://vault.corp.example/"}
        tried = owner.post(f"{its_own}/test").json
        assert (tried["step"], tried["error"]) == (step, "blocked_elsewhere")
    assert "vault.corp.example" not in asked
    said = said | {"issuer": "https://sso.corp.example", "client_secret": SECRET}
    assert root.send("PATCH", by_operators, said).status_code == 200
    assert owner.post(f"{its_own}/test").json["error"] == "connection"
    assert asked[-1] == "sso.corp.example"
