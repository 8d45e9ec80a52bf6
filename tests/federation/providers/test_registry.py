"""Adding, changing, ordering, switching off and deleting providers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.accounts.access.permissions import OPERATOR, permissions_of
from idp.accounts.access.roles import PermissionBeyond
from idp.core.clock import utcnow
from idp.core.db import db
from idp.federation.models import UpstreamRequest, WaitingIdentity
from idp.federation.providers.cache import find_provider, list_providers
from idp.federation.providers.errors import ProviderInUse, UnknownProvider
from idp.federation.providers.keys import public_jwk
from idp.federation.providers.links import Linked, count_linked
from idp.federation.providers.registry import (
    change_provider,
    create_provider,
    declaration_of,
    delete_provider,
    order_providers,
    switch_provider,
)
from idp.federation.providers.secrets import open_secret
from tests.federation.providers.declarations import acme, forge

ADMIN = permissions_of({"admin"})
OWNER = permissions_of({"owner"})


@pytest.fixture
def added(app):
    """A provider that operators added."""
    with app.app_context():
        made = create_provider("acme", acme(), secret="s3cret")
        db.session.commit()
        return made


def change(app, declared, **how):
    with app.app_context():
        changed = change_provider("acme", declared, **how)
        db.session.commit()
        return changed


def test_what_was_said_is_what_holds(app):
    said = acme(
        claims={"sub": "sub", "email": "mail"},
        groups_claim="groups",
        groups={"eng": "Engineers"},
        domains=("acme.example",),
        enforced=True,
        link="verified",
        trust_email=True,
        acr={"gold": "two"},
        position=4,
    )
    with app.app_context():
        create_provider("acme", said, secret="s3cret")
        db.session.commit()
        found = find_provider("acme")
        assert declaration_of(found) == said
        assert open_secret(found) == "s3cret"


def test_a_change_keeps_the_secret_unless_there_is_a_new_one(app, added):
    changed = change(app, replace(declaration_of(added), name="Acme Corp"))
    with app.app_context():
        assert open_secret(changed) == "s3cret"
    changed = change(app, declaration_of(changed), secret="newer")
    with app.app_context():
        assert open_secret(find_provider("acme")) == "newer"


def test_a_change_is_noted_as_it_was_and_is_and_never_the_secret(app, make, added):
    named = replace(declaration_of(added), name="Acme Corp", trust_email=True)
    change(app, named, secret="newer")
    change(app, named, secret="newer")
    [noted] = make.records.audited_details("provider.changed")
    assert noted == {
        "provider": "acme",
        "before": {"name": "Acme", "trust_email": False},
        "after": {
            "name": "Acme Corp",
            "trust_email": True,
            "client_secret": "replaced",
        },
    }
    told = str(make.records.audited_details("provider.created"))
    assert "s3cret" not in told
    assert "login.acme.example" in told


def test_another_way_to_prove_who_we_are_needs_its_own_secret(app, added):
    by_key = replace(declaration_of(added), auth_method="private_key_jwt")
    changed = change(app, by_key)
    with app.app_context():
        made = open_secret(changed)
        assert public_jwk(made)["kid"] == changed.key_id
    again = change(app, by_key)
    with app.app_context():
        assert (open_secret(again), again.key_id) == (made, changed.key_id)
    changed = change(app, replace(by_key, auth_method="none"))
    assert changed.secret_sealed is None


def test_whose_users_are_linked_stays_the_provider_that_it_is(app, make, added):
    ada = make.users.account("ada@example.com")
    make.providers.link("acme", ada.id)
    said = declaration_of(added)
    others = (
        replace(said, issuer="https://evil.example"),
        replace(said, claims={"sub": "email"}),
    )
    for other in others:
        with pytest.raises(ProviderInUse):
            change(app, other, held=OPERATOR, secret="typed anew")
    change(app, replace(said, name="Acme Corp", client_id="another"))


@pytest.mark.parametrize("end", [False, True])
def test_what_began_at_another_provider_ends_with_it(app, added, end):
    begun = {"digest": "d", "provider_id": "acme", "browser": "b", "sealed": b"s"}
    later = utcnow() + timedelta(minutes=5)
    with app.app_context():
        for model in (UpstreamRequest, WaitingIdentity):
            db.session.add(model(**begun, return_to="/", expires_at=later))
        change_provider("acme", replace(declaration_of(added), name="Acme Corp"))
        assert db.session.get(WaitingIdentity, "d")
        if end:
            delete_provider("acme")
        else:
            other = replace(declaration_of(added), issuer="https://new.example")
            change_provider("acme", other, secret="typed anew")
        db.session.commit()
        for model in (UpstreamRequest, WaitingIdentity):
            db.session.expire_all()
            assert db.session.get(model, "d") is None


def test_only_owners_let_a_provider_give_roles(app, added):
    giving = replace(
        declaration_of(added), groups_claim="groups", roles={"helpdesk": "support"}
    )
    for held in ((), ADMIN):
        with pytest.raises(PermissionBeyond):
            change(app, giving, held=frozenset(held))
    change(app, giving, held=OWNER)
    other = replace(giving, issuer="https://evil.example")
    with pytest.raises(PermissionBeyond):
        change(app, other, held=ADMIN, secret="typed anew")
    with app.app_context(), pytest.raises(PermissionBeyond):
        create_provider("other", giving, secret="x", held=ADMIN)


def test_one_that_is_switched_off_is_kept(app, make, added):
    with app.app_context():
        for _ in range(2):
            switch_provider("acme", off=True)
        db.session.commit()
        assert find_provider("acme").disabled
        switch_provider("acme", off=False)
        db.session.commit()
        assert not find_provider("acme").disabled
    noted = make.records.audited_details("provider.changed")
    assert [each["after"] for each in noted] == [
        {"disabled": True},
        {"disabled": False},
    ]


def test_buttons_come_in_the_order_that_was_said(app, added):
    with app.app_context():
        for provider_id in ("b", "c"):
            create_provider(provider_id, forge(), secret="x")
        order_providers(["c", "acme"])
        db.session.commit()
        assert [found.id for found in list_providers()] == ["c", "acme", "b"]
        order_providers(["b", "c", "acme"])
        db.session.commit()
        assert [found.id for found in list_providers()] == ["b", "c", "acme"]


def test_deleting_one_ends_its_links_and_no_account(app, make, added):
    ada = make.users.account("ada@example.com")
    make.providers.link("acme", ada.id)
    with app.app_context():
        assert count_linked("acme") == Linked(users=1, stranded=0)
        delete_provider("acme")
        db.session.commit()
        assert find_provider("acme") is None
        with pytest.raises(UnknownProvider):
            delete_provider("acme")
    [noted] = make.records.audited_details("provider.deleted")
    assert noted["before"]["linked"] == 1
    assert make.records.user_row(ada.id)["email"] == "ada@example.com"
