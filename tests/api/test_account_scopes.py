"""What a token opens at the account API: whose client, which scope, which route.

A new route needs its line here, unless it is of the administration: those are for the
whole account alone.
"""

import re

import pytest

from idp.web.json.operations import Auth, operation_of
from tests.issuer import ISSUER
from tests.oauth.calls import redeem

pytestmark = pytest.mark.any_database

READ, PROFILE, WHOLE = "account:read", "account:profile", "account"
PARTS = {
    "GET /account/profile": READ,
    "GET /auth/me": READ,
    "GET /api/auth/complete": READ,
    "GET /account/emails": READ,
    "GET /account/sessions": READ,
    "GET /account/trusted-browsers": READ,
    "GET /account/apps": READ,
    "GET /account/passkeys": READ,
    "GET /account/tokens": READ,
    "GET /account/activity": READ,
    "GET /api/organizations": READ,
    "GET /api/organizations/<organization_id>": READ,
    "GET /api/organizations/<organization_id>/domains": READ,
    "GET /api/organizations/<organization_id>/domains/<domain>": READ,
    "GET /api/organizations/<organization_id>/members": READ,
    "GET /api/organizations/<organization_id>/members/<user_id>": READ,
    "GET /api/organizations/<organization_id>/policies": READ,
    "GET /api/organizations/<organization_id>/providers": READ,
    "GET /api/organizations/<organization_id>/providers/<provider_id>": READ,
    "GET /api/organizations/<organization_id>/roles": READ,
    "GET /waitlist": READ,
    "GET /waitlist/<feature>": READ,
    "PUT /account/picture": PROFILE,
    "DELETE /account/picture": PROFILE,
    "PUT /account/profile": PROFILE,
    "PATCH /account/profile": PROFILE,
    "POST /api/auth/complete": PROFILE,
}
WHOLES = {
    "DELETE /api/auth/external/<provider_id>",
    "POST /api/auth/external/link/<token>",
    "GET /api/auth/external",
    "GET /api/auth/external/<provider_id>",
    "DELETE /api/organizations/<organization_id>/logo",
    "PUT /api/organizations/<organization_id>/logo",
    "DELETE /account/apps/<path:client_id>",
    "DELETE /account/emails/<address_id>",
    "POST /account/emails",
    "GET /auth/accounts",
    "POST /auth/accounts/switch",
    "POST /auth/invites/accept",
    "POST /auth/invites/decline",
    "PUT /account/emails/<address_id>/primary",
    "DELETE /account/passkeys/<passkey_id>",
    "DELETE /account/password",
    "DELETE /account/sessions",
    "DELETE /account/sessions/<device_id>",
    "DELETE /account/trusted-browsers/<browser_id>",
    "DELETE /account/tokens/<token_id>",
    "DELETE /account/totp",
    "DELETE /api/accounts/<user_id>/grants",
    "DELETE /api/accounts/<user_id>/sessions",
    "DELETE /api/accounts/<user_id>/two-factor",
    "DELETE /api/accounts/<user_id>/factor-locks",
    "DELETE /api/accounts/<user_id>/tokens/<token_id>",
    "DELETE /api/users/<user_id>",
    "GET /api/accounts/<user_id>",
    "GET /api/accounts/<user_id>/tokens",
    "GET /api/auth",
    "GET /api/users",
    "GET /api/users/<user_id>",
    "PATCH /account/passkeys/<passkey_id>",
    "PATCH /api/accounts/<user_id>",
    "PATCH /api/users/<user_id>",
    "POST /account/confirm",
    "POST /account/confirm/options",
    "POST /account/email",
    "POST /account/export",
    "POST /account/passkeys",
    "POST /account/passkeys/options",
    "POST /account/recovery-codes",
    "POST /account/tokens",
    "POST /account/totp",
    "POST /api/accounts/<user_id>/link",
    "POST /api/accounts/<user_id>/password-reset",
    "POST /api/auth/2fa/enable/request",
    "POST /api/auth/2fa/enable/submit",
    "POST /api/auth/2fa/reset",
    "GET /account/terms",
    "POST /account/terms",
    "GET /api/auth/terms",
    "POST /api/auth/terms",
    "POST /api/auth/verify/request",
    "POST /api/auth/verify/submit",
    "DELETE /api/organizations/<organization_id>",
    "DELETE /api/organizations/<organization_id>/domains/<domain>",
    "DELETE /api/organizations/<organization_id>/members/<user_id>",
    "DELETE /api/organizations/<organization_id>/roles/<name>",
    "PATCH /api/organizations/<organization_id>",
    "PATCH /api/organizations/<organization_id>/domains/<domain>",
    "PATCH /api/organizations/<organization_id>/members/<user_id>",
    "POST /api/organizations",
    "DELETE /api/organizations/<organization_id>/invites/<invite_id>",
    "GET /api/organizations/<organization_id>/audit",
    "GET /api/organizations/<organization_id>/invites",
    "GET /api/organizations/<organization_id>/invites/<invite_id>",
    "POST /api/organizations/<organization_id>/invites",
    "POST /api/organizations/<organization_id>/invites/<invite_id>/resend",
    "POST /api/organizations/<organization_id>/domains",
    "POST /api/organizations/<organization_id>/domains/<domain>/verify",
    "POST /api/organizations/<organization_id>/leave",
    "PATCH /api/organizations/<organization_id>/policies",
    "DELETE /api/organizations/<organization_id>/providers/<provider_id>",
    "PATCH /api/organizations/<organization_id>/providers/<provider_id>",
    "POST /api/organizations/<organization_id>/providers",
    "POST /api/organizations/<organization_id>/providers/<provider_id>/test",
    "POST /api/organizations/<organization_id>/transfer",
    "POST /api/organizations/<organization_id>/undo",
    "PUT /api/organizations/<organization_id>/members/<user_id>",
    "PUT /api/organizations/<organization_id>/roles/<name>",
    "POST /api/users",
    "POST /auth/delete-account",
    "POST /auth/organization",
    "DELETE /waitlist/<feature>",
    "PUT /waitlist/<feature>",
    "POST /auth/email-verification",
    "POST /auth/email-verification/email",
    "PUT /account/totp",
    "PUT /api/users/<user_id>",
    "PUT /api/v1/account/password",
    "PUT /auth/change-password",
}
OPENED = {  # scope of a token -> what it opens to a first-party client, and to others
    "account": ({READ, PROFILE, WHOLE}, {READ, PROFILE}),
    READ: ({READ}, {READ}),
    PROFILE: ({PROFILE}, {PROFILE}),
}


def operations(app):
    found = {view: operation_of(view) for view in app.view_functions}
    judged = (Auth.SIGNED_IN, Auth.OPTIONAL)
    return [o for o in found.values() if o is not None and o.auth in judged]


def bearer(http, make, *, scope: str, first_party: bool, person=None):
    register = make.clients.own_app if first_party else make.clients.spa
    client = register(scope=f"openid {scope}")
    audience = [f"{ISSUER}/account"]
    made = make.tokens.code(client, scope=scope, resource=audience, person=person)
    answer = redeem(http, made, resource=audience[0])
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_each_route_has_the_scope_that_this_table_says(app):
    with app.app_context():
        told = {f"{o.method} {o.path}": o.scope for o in operations(app)}
    assert {r: s for r, s in told.items() if s != WHOLE} == PARTS
    whole = {r for r, s in told.items() if s == WHOLE}
    assert {r for r in whole if " /api/admin/" not in r} == WHOLES


@pytest.mark.parametrize("first_party", [True, False])
@pytest.mark.parametrize("scope", OPENED)
def test_a_token_opens_what_its_client_and_its_scope_allow(
    app, http, make, scope, first_party
):
    headers = bearer(http, make, scope=scope, first_party=first_party)
    opened = OPENED[scope][0 if first_party else 1]
    with app.app_context():
        found = operations(app)
    for operation in found:
        if operation.scope in opened:
            continue
        path = re.sub(r"<[^>]+>", "x", operation.path)
        answer = http.open(path, method=operation.method, headers=headers)
        assert answer.status_code == 403, operation.path
        challenge = answer.headers["WWW-Authenticate"]
        wanted = f'error="insufficient_scope", scope="{operation.scope}"'
        assert wanted in challenge, operation.path
    if READ in opened:
        assert http.get("/account/profile", headers=headers).status_code == 200


def test_a_token_for_the_profile_changes_it(http, make):
    headers = bearer(http, make, scope="account:profile", first_party=False)
    answer = http.patch("/account/profile", json={"name": "Ada L."}, headers=headers)
    assert (answer.status_code, answer.json["name"]) == (200, "Ada L.")


def test_an_app_of_our_own_ends_sessions_with_the_whole_account(http, make):
    person = make.users.signed_in_person()
    headers = bearer(http, make, scope="account", first_party=True, person=person)
    assert http.delete("/account/sessions", headers=headers).status_code == 204


@pytest.mark.parametrize("first_party", [True, False])
def test_no_app_disables_an_account_for_an_admin(http, make, first_party):
    admin, ada = make.users.signed_in_person(roles=["admin"]), make.users.account()
    headers = bearer(http, make, scope="account", first_party=first_party, person=admin)
    path = f"/api/accounts/{ada.id}"
    answer = http.patch(path, json={"status": "disabled"}, headers=headers)
    assert answer.status_code == (404 if first_party else 403)
    assert make.records.user_row(ada.id)["status"] == "active"


@pytest.mark.parametrize("first_party", [True, False])
def test_no_app_administers_for_an_admin(http, make, first_party):
    admin = make.users.signed_in_person(roles=["admin"])
    headers = bearer(http, make, scope="account", first_party=first_party, person=admin)
    answer = http.get("/api/users", headers=headers)
    assert answer.status_code == 403


def test_the_grant_of_an_app_is_no_fresh_sign_in(http, make):
    person = make.users.signed_in_person(username="ada")
    headers = bearer(http, make, scope="account", first_party=False, person=person)
    answer = http.patch("/account/profile", json={"username": None}, headers=headers)
    assert answer.status_code in (401, 403)
    assert answer.json["code"] == "reauthentication_required"


def test_an_app_that_signs_out_leaves_the_session(http, make):
    person = make.users.signed_in_person()
    other = bearer(http, make, scope="account", first_party=True, person=person)
    headers = bearer(http, make, scope="account", first_party=False, person=person)
    assert http.post("/auth/logout", headers=headers).status_code == 204
    assert http.get("/account/profile", headers=headers).status_code == 401
    assert http.get("/account/profile", headers=other).status_code == 200


def test_a_page_of_a_client_reads_what_our_own_token_opens(program, make):
    make.clients.spa()
    program.sign_in(make.users.account())
    page = {"Origin": "https://app.example"}
    answer = program.get("/account/profile", headers=page)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == page["Origin"]
    elsewhere = {"Origin": "https://evil.example"}
    told = program.get("/account/profile", headers=elsewhere)
    assert "Access-Control-Allow-Origin" not in told.headers
