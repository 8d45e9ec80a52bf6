"""Who may do what in an organization: every role and permission at every act."""

import pytest

from idp.accounts.access.permissions import NOTHING, OPERATOR, Permission
from idp.organizations.rights import Right, Standing, allows, right_to_change

READ = frozenset({Permission.ORGANIZATIONS_READ})
WRITE = READ | {Permission.ORGANIZATIONS_WRITE}
OF_ADMINS = {Right.READ, Right.UPDATE, Right.MEMBERS, Right.ROLES, Right.INVITES}


def allowed(standing: Standing) -> set[Right]:
    return {right for right in Right if allows(standing, right)}


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (None, set()),
        ("member", {Right.READ}),
        ("admin", OF_ADMINS),
        ("owner", set(Right) - {Right.OPERATE}),
    ],
)
def test_members_may_by_their_role(role, acts):
    assert allowed(Standing(role)) == acts


@pytest.mark.parametrize(
    ("permissions", "acts"),
    [
        (NOTHING, set()),
        (READ, {Right.READ, Right.SETUP}),
        (
            WRITE,
            set(Right) - {Right.AUDIT, Right.INVITES, Right.PROVIDERS, Right.POLICY},
        ),
        (OPERATOR, set(Right)),
    ],
)
def test_operators_may_by_their_permissions(permissions, acts):
    assert allowed(Standing(permissions=permissions)) == acts


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_in_a_disabled_organization_members_only_look(role):
    assert allowed(Standing(role, in_disabled=True)) == {Right.READ}
    assert Right.OPERATE in allowed(Standing(role, WRITE, in_disabled=True))


def test_who_touches_an_owner_has_to_be_one():
    assert right_to_change(old="member", new="owner") is Right.OWNERS
    assert right_to_change(old="owner", new="member") is Right.OWNERS
    assert right_to_change(old="owner", new=None) is Right.OWNERS
    assert right_to_change(old="admin", new="member") is Right.MEMBERS
    assert right_to_change(old="member", new=None) is Right.MEMBERS
