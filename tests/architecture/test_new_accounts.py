"""Every door that makes an account obeys who may sign up (accounts.registration)."""

import pytest

from tests.architecture.sources import calls

# What makes an account, or judges whether one may be, each with all that may call it.
CALLERS = {
    "add_user": {
        "accounts/registration/pending.py _make_account",
        "accounts/registration/sign_up.py create_user",
        "accounts/registration/sign_up.py _add",
        "accounts/registration/sign_up.py register_other",
        "federation/sign_in/sign_up.py sign_up",
        "organizations/invites/answering.py _add",
    },
    # An operator's word.
    "register_other": {"administration/user_acts.py create_user"},
    "create_user": {
        "admin/people/creation.py submit_new_person",
        "api/users/creation.py _create_other",
        "cli/users.py create",
        "ops/first_start.py _ensure_admin",
        "ops/seed.py _apply_user",
    },
    "require_open": {
        "accounts/registration/first_passkey.py _require_open",
        "accounts/registration/first_passkey.py begin",
        "accounts/registration/sign_up.py register",
        "organizations/invites/answering.py _require_admitted",
    },
    # Whoever makes their own account accepts the terms; others do so at a sign-in.
    "require_accepted": {
        "accounts/registration/sign_up.py register",
        "api/account/terms.py accept_for",
        "federation/sign_in/sign_up.py sign_up",
        "organizations/invites/answering.py join_as_new",
    },
    "find_refusal": {
        "accounts/registration/policy.py closed_for",
        "federation/sign_in/sign_up.py _admit",
        "federation/sign_in/situation.py _sign_up_refusal",
        "federation/sign_in/situation.py admission_at",
        "organizations/invites/answering.py _require_admitted",
    },
}


@pytest.mark.parametrize("called", CALLERS)
def test_all_doors_are_listed(called):
    assert {where for name, where in calls() if name == called} == CALLERS[called]
