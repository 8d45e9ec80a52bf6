"""Every way in goes through the one guard (security.md §5)."""

import pytest

from tests.architecture.sources import ROOT, calls, modules

PACKAGE = ROOT / "idp"
# What begins a session, lets one go on under a new cookie, or hangs a grant on one,
# each with all that may call it.
CALLERS = {
    "start_session": {
        "accounts/registration/first_session.py begin_first_session",
        "accounts/sign_in/completion.py _complete_without_browser",
        "accounts/sign_in/completion.py complete_sign_in",
        "accounts/password/reset.py reset_and_sign_in",
    },
    "complete_sign_in": {
        "accounts/sign_in/by_mail/sign_in.py _sign_in",
        "accounts/sign_in/links.py sign_in_by_link",
        "accounts/sign_in/passkey.py _sign_in",
        "accounts/sign_in/password.py _sign_in",
        "accounts/sign_in/second_factor/finish.py finish",
        "federation/sign_in/entry.py complete",
        "organizations/invites/answering.py join_as_new",
    },
    "renew_token": {
        "accounts/factors/changes.py change_factors",
        "accounts/password/change.py renew",
        "accounts/sign_in/second_factor/step_up.py step_up",
        "api/session_status/mail.py submit_verification",
    },
    "switch_account": {
        "api/account/browser_accounts.py switch",
        "pages/sign_in/account_choice.py _go_on",
    },
    "store_grant": {
        "oauth/device/requests.py allow",
        "oauth/tokens/account_tokens.py _add_grant",
        "oauth/tokens/codes.py issue_code",
    },
    "start_family": {
        "oauth/tokens/account_tokens.py _first_pair",
        "oauth/tokens/issue.py first_to_user_client",
    },
}


@pytest.mark.parametrize("entered", CALLERS)
def test_all_ways_in_are_listed(entered):
    assert {where for name, where in calls() if name == entered} == CALLERS[entered]


def test_sessions_are_stored_in_one_place():
    stored = {
        str(path.relative_to(PACKAGE))
        for path in modules("idp")
        if "insert(sessions)" in path.read_text()
    }
    assert stored == {"accounts/sessions/start.py"}
