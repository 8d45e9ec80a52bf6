"""Factories of organizations."""

from flask import Flask

from idp.accounts.users import get_user
from idp.core.db import db
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.changes import approve
from idp.organizations.domains.registry import (
    add_domain,
    enforce_provider,
    remove_domain,
)
from idp.organizations.domains.verification import set_verified
from idp.organizations.lifecycle.creation import (
    create_organization,
    found_organization,
)
from idp.organizations.members import add_member
from idp.organizations.own_roles import set_role
from idp.organizations.registry import OrganizationDeclaration, get_organization
from tests.make_users import MadeAccount


class MakeOrganizations:
    """Organizations, as the operator of the machine makes them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def organization(
        self,
        owner: MadeAccount | None = None,
        *members: MadeAccount,
        name: str = "Analytical Engines",
        slug: str | None = None,
    ) -> str:
        """Make an organization with an owner and members; return its id."""
        with self.app.app_context():
            made = create_organization(
                OrganizationDeclaration(name, slug),
                owner=get_user(owner.id) if owner else None,
            )
            for member in members:
                add_member(made, member.id, actor=MACHINE_OPERATOR)
            db.session.commit()
            return made.id

    def found(self, owner: MadeAccount, *, name: str) -> str:
        """Make one as any user may, which no operator knows; return its id."""
        with self.app.app_context():
            declared = OrganizationDeclaration(name)
            made = found_organization(get_user(owner.id), declared)
            db.session.commit()
            return made.id

    def add(self, organization_id: str, user: MadeAccount, *roles: str) -> None:
        """Make a user a member with roles."""
        with self.app.app_context():
            organization = get_organization(organization_id)
            for role in roles:
                if role not in {"owner", "admin", "member"}:
                    set_role(organization, role, permissions=[], actor=MACHINE_OPERATOR)
            given = roles or ("member",)
            add_member(organization, user.id, roles=given, actor=MACHINE_OPERATOR)
            db.session.commit()

    def approve(self, organization_id: str) -> None:
        """Say as an operator that one is known."""
        with self.app.app_context():
            approve(get_organization(organization_id), actor=MACHINE_OPERATOR)
            db.session.commit()

    def own_domain(
        self, organization_id: str, domain: str, *, provider_id: str | None = None
    ) -> None:
        """Let an organization have a domain, and a provider be the only way in."""
        with self.app.app_context():
            organization = get_organization(organization_id)
            row = add_domain(organization, domain, actor=MACHINE_OPERATOR)
            set_verified(organization, row, method="mail", by=None)
            enforce_provider(
                organization, domain, provider_id=provider_id, actor=MACHINE_OPERATOR
            )
            db.session.commit()

    def disown_domain(self, organization_id: str, domain: str) -> None:
        """Have an organization give a domain up."""
        with self.app.app_context():
            organization = get_organization(organization_id)
            remove_domain(organization, domain, actor=MACHINE_OPERATOR)
            db.session.commit()
