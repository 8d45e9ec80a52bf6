"""The table of roles and permissions is what it is wanted to be."""

import pytest

from idp.accounts.access.permissions import (
    TABLE,
    Permission,
    Role,
    authority_of,
    beyond,
    may_on,
    permissions_of,
)
from tests.accounts.access.wanted import ADMIN, AUDITOR, HELP, OWNER, SUPPORT, WANTED


def test_the_table_says_who_may_do_what_and_leaves_nothing_out():
    assert {str(each): set(roles) for each, roles in TABLE.items()} == WANTED
    assert set(TABLE) == set(Permission)


def test_nobody_without_a_role_may_do_anything():
    assert permissions_of([]) == permissions_of(["admn"]) == frozenset()


@pytest.mark.parametrize("permission", Permission)
def test_support_changes_nobody_who_has_a_role(permission):
    for other in Role:
        allowed = may_on(authority_of([SUPPORT]), permission, other=[other])
        reads = SUPPORT in TABLE[permission] and permission not in HELP
        assert allowed is reads
    assert may_on(authority_of([SUPPORT]), permission, other=[]) is (
        SUPPORT in TABLE[permission]
    )


def test_support_who_is_an_admin_too_is_one():
    assert may_on(
        authority_of([SUPPORT, ADMIN]), Permission.USERS_DISABLE, other=[ADMIN]
    )
    assert not may_on(
        authority_of([SUPPORT, AUDITOR]), Permission.USERS_DISABLE, other=[AUDITOR]
    )


@pytest.mark.parametrize(
    "permission", [Permission.USERS_ADDRESS, Permission.USERS_SIGN_IN_LINK]
)
def test_nobody_opens_an_account_that_holds_more_than_theirs(permission):
    assert not may_on(authority_of([ADMIN]), permission, other=[OWNER])
    assert may_on(authority_of([ADMIN]), permission, other=[ADMIN])
    assert may_on(authority_of([OWNER]), permission, other=[OWNER])


@pytest.mark.parametrize("giver", Role)
@pytest.mark.parametrize("role", Role)
def test_roles_are_given_and_taken_by_who_holds_all_they_hold(giver, role):
    held = permissions_of([giver])
    allowed = permissions_of([role]) <= held
    for old, new in (([], [role]), ([role], [])):
        assert (beyond(held, old=old, new=new) == frozenset()) is allowed
    assert beyond(held, old=[role], new=[role]) == frozenset()


def test_a_key_that_names_little_opens_nobody_who_may_do_more():
    narrow = authority_of([OWNER]).narrowed(["users.sign_in_link", "users.disable"])
    link, disable = Permission.USERS_SIGN_IN_LINK, Permission.USERS_DISABLE
    assert may_on(narrow, link, other=[])
    assert not may_on(narrow, link, other=[AUDITOR])
    assert may_on(narrow, disable, other=[AUDITOR])
    assert not may_on(narrow, Permission.USERS_DELETE, other=[])


def test_a_key_of_somebody_who_is_support_now_is_limited_like_them():
    narrow = authority_of([SUPPORT]).narrowed(["users.disable", "users.delete"])
    assert narrow.permissions == {Permission.USERS_DISABLE}
    assert not may_on(narrow, Permission.USERS_DISABLE, other=[AUDITOR])
