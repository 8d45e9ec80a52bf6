"""What the claims of a sign-in there are worth: factors, time, groups, roles."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.rp import RelyingParty

EVE = {"sub": "eve", "email": "eve@example.com", "email_verified": True}


@pytest.fixture
def linked(make):
    """Makes a user who is linked to the provider's."""

    def link():
        account = make.users.account("ada@example.com")
        make.providers.link("acme", account.id, subject="upstream-ada")
        return account

    return link


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "hw"]}, {"acr": "gold"}])
def test_two_factors_there_are_two_where_the_operator_says_so(
    acme, traveller, linked, make, claims
):
    acme(amr={"hw": "mfa"}, acr={"gold": "aal2"})
    ada = linked()
    make.users.enrol(ada, "totp")
    traveller.sign_in(**claims)
    assert traveller.signed_in


def test_a_level_that_an_app_asks_for_is_asked_for_there(acme, traveller, linked, make):
    acme(acr={"gold": "aal2"})
    linked()
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    away = rp.reach(connection="acme", acr_values="aal2", max_age="600")
    asked = parse_qs(urlsplit(away.location).query)
    assert asked["acr_values"] == ["gold"]
    assert asked["max_age"] == ["600"]
    back = traveller.come_back(traveller.peer.approve(away.location, acr="gold"))
    claims = rp.finish(back).claims
    assert claims["acr"] == "aal2"
    assert claims["amr"] == ["fed", "mfa"]


def test_auth_time_is_that_of_the_provider(acme, traveller, linked, make, clock):
    acme()
    linked()
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    away = rp.reach(connection="acme")
    an_hour_ago = int(clock.now.timestamp()) - 3600
    fields = traveller.peer.approve(away.location, auth_time=an_hour_ago)
    assert rp.finish(traveller.come_back(fields)).claims["auth_time"] == an_hour_ago


@pytest.mark.parametrize("claims", [{"auth_time": 1}, {"auth_time": None}])
def test_who_did_not_sign_in_anew_there_has_not_signed_in_anew(
    acme, traveller, linked, make, claims
):
    acme()
    linked()
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    away = rp.reach(connection="acme", prompt="login")
    traveller.come_back(traveller.peer.approve(away.location, **claims))
    assert not traveller.signed_in


def test_groups_come_and_go_with_the_claims(acme, traveller, make):
    make.groups.group("Writers")
    make.groups.group("Readers")
    make.groups.group("Own")
    acme(
        trust_email=True,
        groups_claim="roles",
        groups={"w": "Writers", "r": "Readers", "x": "No such group"},
    )
    traveller.sign_in(**EVE, roles=["w", "x", 7])
    user_id = make.records.user_id_of("eve@example.com")
    make.groups.add("Own", user_id)
    assert groups_of(traveller) == ["Own", "Writers"]
    traveller.forget_session()
    traveller.sign_in(**EVE, roles="r")
    assert groups_of(traveller) == ["Own", "Readers"]
    assert make.records.audited_details("group.member.removed") == [
        {"group": "Writers", "member": user_id}
    ]


def groups_of(traveller) -> list[str]:
    """Return the groups of who is signed in."""
    traveller.browser.open("/account/data")
    body = traveller.browser.send("/account/data/export").json
    return sorted(row["name"] for row in body["groups"])


def test_claims_give_no_role_unless_an_owner_turned_that_on(acme, traveller, make):
    acme(trust_email=True, groups_claim="roles", groups={"admin": "admin"})
    traveller.sign_in(**EVE, roles=["admin", "owner"])
    user_id = make.records.user_id_of("eve@example.com")
    assert make.records.user_row(user_id)["roles"] == []


def test_roles_that_an_owner_mapped_come_and_go(acme, traveller, make):
    acme(trust_email=True, groups_claim="roles", roles={"ops": "support"})
    traveller.sign_in(**EVE, roles=["ops"])
    user_id = make.records.user_id_of("eve@example.com")
    assert make.records.user_row(user_id)["roles"] == ["support"]
    traveller.forget_session()
    traveller.sign_in(**EVE)
    assert make.records.user_row(user_id)["roles"] == []


def test_the_last_owner_stays_one(acme, traveller, make):
    acme(trust_email=True, groups_claim="roles", roles={"boss": "owner"})
    traveller.sign_in(**EVE, roles=["boss"])
    user_id = make.records.user_id_of("eve@example.com")
    traveller.forget_session()
    traveller.sign_in(**EVE)
    assert make.records.user_row(user_id)["roles"] == ["owner"]
    assert traveller.signed_in
