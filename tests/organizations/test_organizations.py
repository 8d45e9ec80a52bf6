"""Organizations: how they are made, called, changed, and put out of use."""

import pytest
from sqlalchemy import select

from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.users import get_user
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.organizations.access import MACHINE_OPERATOR, Actor, open_organization
from idp.organizations.changes import approve, change_organization, set_status
from idp.organizations.errors import (
    InsufficientRole,
    InvalidOrganization,
    OrganizationDisabled,
    OrganizationsClosed,
    PersonalOrganization,
    SlugTaken,
    TooManyOrganizations,
    UnknownOrganization,
)
from idp.organizations.lifecycle.creation import found_organization
from idp.organizations.memberships import list_memberships
from idp.organizations.models import OrganizationStatus
from idp.organizations.registry import (
    OrganizationDeclaration,
    describe,
    find_organization,
    get_organization,
    list_organizations,
)
from idp.organizations.slugs import is_slug, slug_of
from idp.security.models import AuditEvent


def said(name="Acme", slug=None, logo_uri=None) -> OrganizationDeclaration:
    return OrganizationDeclaration(name, slug, logo_uri)


def found(app, person, **declared) -> str:
    """Make an organization as a user does; return its slug."""
    with app.app_context():
        made = found_organization(get_user(person.id), said(**declared))
        db.session.commit()
        return made.slug


def get_id(app, slug: str) -> str:
    with app.app_context():
        return get_organization(slug).id


def audited(app) -> list[tuple[str, str | None, dict]]:
    with app.app_context():
        rows = db.session.scalars(
            select(AuditEvent)
            .where(AuditEvent.detail["organization"].is_not(None))
            .where(AuditEvent.event.startswith("organization."))
            .order_by(AuditEvent.occurred_at, AuditEvent.id)
        )
        return [(row.event, row.user_id, row.detail) for row in rows]


@pytest.mark.parametrize("slug", ["ab", "acme", "acme-2", "2-b", "a" * 31])
def test_short_names_are_lower_case_with_dashes_between(slug):
    assert is_slug(slug)


@pytest.mark.parametrize(
    "slug", ["a", "", "Acme", "-acme", "acme-", "a--b", "a b", "a.b", "ä", "a" * 32, 7]
)
def test_other_text_is_no_short_name(slug):
    assert not is_slug(slug)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme"),
        ("Acme & Sons, Ltd.", "acme-sons-ltd"),
        ("Café Müller", "cafe-muller"),
        ("شركة", "organization"),
        ("x" * 40, "x" * 31),
        ("x" * 30 + " y", "x" * 30),
    ],
)
def test_a_short_name_is_made_of_the_name(name, slug):
    assert slug_of(name) == slug
    assert is_slug(slug_of(name))
    assert is_slug(slug_of(name, mark="123456"))


def test_who_makes_one_owns_it(app, make):
    ada = make.users.account()
    assert found(app, ada, name=" Acme ") == "acme"
    with app.app_context():
        _, made = list_memberships(ada.id)
    assert (made.organization_name, made.slug, made.roles) == (
        *("Acme", "acme"),
        ("owner",),
    )
    [(event, by, detail)] = audited(app)
    assert (event, by, detail["member"]) == ("organization.created", ada.id, ada.id)
    assert detail["after"] == {"name": "Acme", "slug": "acme", "logo_uri": None}


def test_a_short_name_that_was_not_asked_for_is_made_free(app, make):
    ada = make.users.account()
    first, second = found(app, ada), found(app, ada)
    assert first == "acme"
    assert second.startswith("acme-")


def test_a_short_name_that_was_asked_for_is_taken_or_not(app, make):
    ada = make.users.account()
    found(app, ada, slug="acme")
    with pytest.raises(SlugTaken):
        found(app, ada, slug="acme")
    assert len(audited(app)) == 1


def test_an_organization_is_found_by_id_and_by_short_name(app, make):
    organization_id = make.organizations.organization(slug="acme")
    with app.app_context():
        assert find_organization("acme").id == organization_id
        assert find_organization(organization_id).slug == "acme"
        with pytest.raises(UnknownOrganization):
            get_organization("other")


def test_operators_list_them_by_short_name_and_search(app, make):
    ada = make.users.account()
    for name in ("Beta", "Acme", "Acme West"):
        make.organizations.organization(ada, name=name)

    def listed(text: str, limit: int = 10) -> list[tuple[str, int]]:
        with app.app_context():
            page = list_organizations(text, FirstItems(limit))
            return [(row.organization.slug, row.members) for row in page.items]

    assert listed("") == [("acme", 1), ("acme-west", 1), ("beta", 1)]
    assert listed("ACME", 1) == [("acme", 1)]
    assert listed(get_id(app, "beta")) == [("beta", 1)]
    assert listed("%") == []


def test_an_address_is_to_be_confirmed_first(app, make):
    with pytest.raises(EmailNotVerified):
        found(app, make.users.account(email_verified=False))


def test_a_user_makes_ten_and_no_more(app, make):
    ada, grace = make.users.account(), make.users.account()
    for _ in range(10):
        found(app, ada)
    with pytest.raises(TooManyOrganizations):
        found(app, ada)
    found(app, grace)


class TestOfOperators:
    @pytest.fixture
    def environ(self):
        return {"IDP_ORGANIZATIONS": "admins"}

    def test_users_make_none(self, app, make):
        with pytest.raises(OrganizationsClosed):
            found(app, make.users.account())

    def test_operators_make_some_for_them(self, app, make):
        ada = make.users.account()
        organization_id = make.organizations.organization(ada)
        with app.app_context():
            assert get_organization(organization_id).approved_at is not None
            assert list_memberships(ada.id)[1].role == "owner"


@pytest.mark.parametrize(
    ("declared", "field"),
    [
        (said(name=""), "name"),
        (said(name="  "), "name"),
        (said(name="a\nb"), "name"),
        (said(name="a\u202eb"), "name"),
        (said(name="x" * 256), "name"),
        (said(slug="Acme"), "slug"),
        (said(logo_uri="http://acme.example/logo"), "logo_uri"),
        (said(logo_uri="javascript:alert(1)"), "logo_uri"),
    ],
)
def test_what_cannot_be_so_is_named(app, make, declared, field):
    ada = make.users.account()
    with app.app_context(), pytest.raises(InvalidOrganization) as refused:
        found_organization(get_user(ada.id), declared)
    assert [error.field for error in refused.value.errors] == [field]


def change(app, organization_id, declared, *, actor) -> bool:
    with app.app_context():
        organization = get_organization(organization_id)
        changed = change_organization(organization, declared, actor=actor)
        db.session.commit()
        return changed


def test_owners_and_admins_change_what_it_is_called(app, make):
    ada, grace = make.users.account(), make.users.account()
    acme = make.organizations.organization(ada)
    make.organizations.add(acme, grace, "admin")
    wanted = said("Acme", "acme")
    assert change(app, acme, wanted, actor=Actor(ada.id))
    assert not change(app, acme, wanted, actor=Actor(grace.id))
    with app.app_context():
        assert describe(get_organization("acme")) == wanted
    event, by, detail = audited(app)[-1]
    assert (event, by) == ("organization.updated", ada.id)
    assert detail["before"]["name"] == "Analytical Engines"
    assert detail["after"]["slug"] == "acme"


def test_members_do_not_and_others_do_not_even_see_it(app, make):
    ada, stranger = make.users.account(), make.users.account()
    acme = make.organizations.organization(None, ada)
    with pytest.raises(InsufficientRole):
        change(app, acme, said(slug="acme"), actor=Actor(ada.id))
    with pytest.raises(UnknownOrganization):
        change(app, acme, said(slug="acme"), actor=Actor(stranger.id))
    with app.app_context():
        assert open_organization(acme, actor=Actor(ada.id)).id == acme
        with pytest.raises(UnknownOrganization):
            open_organization(acme, actor=Actor(stranger.id))


def test_a_personal_one_is_renamed_and_nothing_else(app, make):
    ada = make.users.account(name="Ada")
    with app.app_context():
        own = list_memberships(ada.id)[0].organization_id
    assert change(app, own, said("Ada’s own"), actor=Actor(ada.id))
    with pytest.raises(PersonalOrganization):
        change(app, own, said("Ada", "ada"), actor=Actor(ada.id))


def test_an_operator_disables_it_and_members_can_only_look(app, make):
    ada = make.users.account()
    acme = make.organizations.organization(ada)

    def turn(status, *, actor=MACHINE_OPERATOR) -> bool:
        with app.app_context():
            turned = set_status(get_organization(acme), status, actor=actor)
            db.session.commit()
            return turned

    with pytest.raises(InsufficientRole):
        turn(OrganizationStatus.DISABLED, actor=Actor(ada.id))
    assert turn(OrganizationStatus.DISABLED)
    assert not turn(OrganizationStatus.DISABLED)
    with app.app_context():
        assert not list_memberships(ada.id)[1].in_use
    with pytest.raises(OrganizationDisabled):
        change(app, acme, said(slug="acme"), actor=Actor(ada.id))
    assert turn(OrganizationStatus.ACTIVE)
    assert change(app, acme, said(slug="acme"), actor=Actor(ada.id))


def test_an_operator_approves_it_once(app, make):
    found(app, make.users.account())
    with app.app_context():
        assert approve(get_organization("acme"), actor=MACHINE_OPERATOR)
        db.session.commit()
    with app.app_context():
        assert not approve(get_organization("acme"), actor=MACHINE_OPERATOR)
