"""/account/tokens: personal access tokens, what they open and when they end."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from idp.accounts.lifecycle.status import disable, enable
from idp.accounts.password.by_operators import issue_reset_link
from idp.accounts.users import get_user
from idp.core.clock import unix, utcnow
from idp.core.db import db
from idp.oauth.apis.registry import ApiDeclaration, change_api, delete_api, get_api
from idp.oauth.models import PersonalToken
from idp.oauth.personal_tokens.creation import MOST
from idp.security.models import AuditEvent
from idp.security.requester import Requester
from tests.api.callers import Program, fields, problem
from tests.issuer import ISSUER
from tests.oauth.calls import introspect, revoke, userinfo

PATH = "/account/tokens"
API = "https://files.example"
INACTIVE = {"active": False}
BODY = {"name": "backup", "resource": API, "scope": "files:read files:write"}


@pytest.fixture
def environ():
    return {"IDP_THREADS": "4"}


@pytest.fixture(autouse=True)
def switched_on(make):
    make.policies.decide(personal_access_tokens="on")


@pytest.fixture
def server(make):
    """The resource server that owns the API."""
    make.clients.api(API, "files:read", "files:write", name="Files")
    return make.clients.machine_client(owned_resources=[API])


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def made(program, ada, server):
    """Make a token as ada; return the answer."""
    program.sign_in(ada)

    def make_token(**changed):
        answer = program.post(PATH, BODY | changed)
        assert answer.status_code == 201, answer.text
        return answer.json

    return make_token


def events(app, name) -> list[AuditEvent]:
    with app.app_context():
        found = select(AuditEvent).where(AuditEvent.event == name)
        return list(db.session.scalars(found.order_by(AuditEvent.id)))


def act(app, change) -> None:
    """Do something in a unit of work of its own."""
    with app.app_context():
        change()
        db.session.commit()


def test_a_token_is_told_once_and_stored_as_its_digest(program, made, app):
    token = made()
    assert token["token"].startswith("idpt_")
    assert len(token["token"]) == 48
    (listed,) = program.get(PATH).json
    assert listed == {name: value for name, value in token.items() if name != "token"}
    assert listed["scope"] == "files:read files:write"
    assert listed["resource"] == API
    assert token["token"].startswith(listed["prefix"])
    with app.app_context():
        columns = db.session.execute(select(PersonalToken.__table__)).one()
    assert token["token"] not in map(str, columns)


def test_introspection_tells_the_server_of_the_api_and_nobody_else(
    http, made, server, ada, make
):
    token = made()
    told = introspect(http, server, token["token"]).json
    assert told == {
        "active": True,
        "sub": ada.id,
        "scope": "files:read files:write",
        "aud": API,
        "iss": ISSUER,
        "exp": told["exp"],
        "iat": told["iat"],
        "jti": token["id"],
        "token_type": "Bearer",
    }
    assert told["exp"] - told["iat"] == 90 * 86400
    other = make.clients.machine_client(owned_resources=["https://other.example"])
    assert introspect(http, other, token["token"]).json == INACTIVE
    assert introspect(http, server, "idpt_" + "x" * 43).json == INACTIVE


def test_it_opens_nothing_of_this_server_itself(app, made, make, ada, http):
    token = made()["token"]
    script = Program(app.test_client(use_cookies=False))
    script.headers = {"Authorization": f"Bearer {token}"}
    for path in ("/auth/me", "/account/profile", PATH, "/api/users", "/api/admin/keys"):
        assert problem(script.get(path)) == (401, "invalid_token"), path
    assert userinfo(http, token).status_code == 401


@pytest.mark.parametrize(
    ("resource", "scope"),
    [(f"{ISSUER}/admin", "admin:users.read"), (f"{ISSUER}/account", "account")],
)
def test_none_can_be_for_this_server_itself(program, made, resource, scope):
    body = BODY | {"resource": resource, "scope": scope}
    assert fields(program.post(PATH, body)) == {"resource": "unknown"}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"name": " "}, {"name": "missing"}),
        ({"name": "a\nb"}, {"name": "invalid"}),
        ({"scope": ""}, {"scope": "missing"}),
        ({"scope": "files:read fly"}, {"scope": "unknown"}),
        ({"resource": "https://none.example"}, {"resource": "unknown"}),
        ({"expires_at": "2000-01-01T00:00:00Z"}, {"expires_at": "invalid"}),
        ({"expires_at": "2100-01-01T00:00:00Z"}, {"expires_at": "invalid"}),
    ],
)
def test_what_no_token_can_be_is_refused(program, made, changed, wrong):
    assert fields(program.post(PATH, BODY | changed)) == wrong


def test_it_wants_a_fresh_sign_in(spa, ada, server, clock):
    spa.sign_in(ada)
    clock.tick(minutes=11)
    assert problem(spa.post(PATH, BODY)) == (403, "reauthentication_required")


def test_making_and_revoking_leave_a_row_each_and_the_owner_is_mailed(
    program, made, app, make
):
    token = made()
    assert [m.kind for m in make.records.mails_to("ada@example.com")] == [
        "token_created"
    ]
    assert program.send("DELETE", f"{PATH}/{token['id']}").status_code == 204
    (created,) = events(app, "token.created")
    (revoked,) = events(app, "token.revoked")
    assert created.detail["after"]["name"] == "backup"
    assert created.detail["after"]["scopes"] == ["files:read", "files:write"]
    assert revoked.detail["before"] == created.detail["after"]
    assert revoked.detail["kind"] == "personal"
    assert "idpt_" not in str([created.detail, revoked.detail])
    again = program.send("DELETE", f"{PATH}/{token['id']}")
    assert problem(again) == (404, "no_such_token")


def test_nobody_revokes_a_token_of_somebody_else(made, app, make, http, server):
    token = made()
    other = Program(app.test_client(use_cookies=False))
    other.sign_in(make.users.account())
    answer = other.send("DELETE", f"{PATH}/{token['id']}")
    assert problem(answer) == (404, "no_such_token")
    assert other.get(PATH).json == []
    assert introspect(http, server, token["token"]).json["active"]


def test_a_revoked_and_an_expired_token_are_worth_nothing(
    program, made, http, server, clock
):
    revoked, expired = made(), made()
    program.send("DELETE", f"{PATH}/{revoked['id']}")
    assert introspect(http, server, revoked["token"]).json == INACTIVE
    assert introspect(http, server, expired["token"]).json["active"]
    clock.tick(days=91)
    assert introspect(http, server, expired["token"]).json == INACTIVE


def test_no_client_ends_it_by_the_revocation_endpoint(made, http, server):
    token = made()["token"]
    assert revoke(http, server, token).status_code == 200
    assert introspect(http, server, token).json["active"]


def test_the_policy_puts_out_all_and_lets_none_be_made(
    program, made, http, server, make
):
    token = made()["token"]
    make.policies.decide(personal_access_tokens="off")
    assert introspect(http, server, token).json == INACTIVE
    refused = program.post(PATH, BODY)
    assert problem(refused) == (403, "personal_access_tokens_off")
    assert len(program.get(PATH).json) == 1
    make.policies.decide(personal_access_tokens="on")
    assert introspect(http, server, token).json["active"]


def test_undecided_the_policy_is_off(program, made, make):
    make.policies.decide(personal_access_tokens=None)
    refused = program.post(PATH, BODY)
    assert problem(refused) == (403, "personal_access_tokens_off")


def test_disabling_the_user_ends_them_for_good(made, app, http, server, ada):
    token = made()["token"]
    act(app, lambda: disable(get_user(ada.id), by="operator", requester=Requester()))
    assert introspect(http, server, token).json == INACTIVE
    act(app, lambda: enable(get_user(ada.id), by="operator"))
    assert introspect(http, server, token).json == INACTIVE
    (row,) = [r for r in events(app, "token.revoked") if r.detail.get("kind")]
    assert row.detail == {"kind": "personal", "all": True}


def test_a_user_who_was_disabled_behind_our_back_has_none(
    made, http, server, ada, make
):
    token = made()["token"]
    make.users.disable(ada.id)
    assert introspect(http, server, token).json == INACTIVE


def test_a_password_reset_of_an_operator_ends_them(made, app, server, ada, browser):
    token = made()["token"]
    links = []
    act(
        app, lambda: links.append(issue_reset_link(get_user(ada.id), by="operator").url)
    )
    assert introspect(browser.http, server, token).json["active"]
    browser.open(links[0].removeprefix(ISSUER))
    browser.submit(password="three brisk herons over the marsh")
    assert introspect(browser.http, server, token).json == INACTIVE


def test_a_password_that_its_owner_changes_leaves_them(
    program, made, http, server, ada
):
    token = made()["token"]
    body = {"old": ada.password, "new": "three brisk herons over the marsh"}
    assert program.put("/api/v1/account/password", body).status_code == 204
    assert introspect(http, server, token).json["active"]


def test_it_goes_with_its_api_and_with_its_scopes(made, app, http, server):
    token = made()["token"]
    less = ApiDeclaration("Files", scopes={"files:read": {}})
    act(app, lambda: change_api(get_api(API), less))
    assert introspect(http, server, token).json["scope"] == "files:read"
    act(app, lambda: change_api(get_api(API), ApiDeclaration("Files")))
    assert introspect(http, server, token).json == INACTIVE
    act(app, lambda: delete_api(get_api(API)))
    assert introspect(http, server, token).json == INACTIVE


def test_its_last_use_is_noted_every_five_minutes(program, made, http, server, clock):
    token = made()
    begun = utcnow()
    introspect(http, server, token["token"])
    first = program.get(PATH).json[0]["last_used_at"]
    assert first == begun.isoformat().replace("+00:00", "Z")
    clock.tick(minutes=4)
    introspect(http, server, token["token"])
    assert program.get(PATH).json[0]["last_used_at"] == first
    clock.tick(minutes=2)
    introspect(http, server, token["token"])
    assert program.get(PATH).json[0]["last_used_at"] > first


def test_an_end_can_be_chosen_within_a_year(made, http, server):
    chosen = utcnow().replace(microsecond=0)
    chosen = chosen.replace(year=chosen.year + 1)
    token = made(expires_at=chosen.isoformat())["token"]
    assert introspect(http, server, token).json["exp"] == unix(chosen)


def test_fifty_are_enough_also_for_many_callers_at_once(program, made, app, ada):
    for _ in range(MOST - 1):
        made()
    callers = 4
    barrier = Barrier(callers)
    headers = program.headers

    def ask(_number):
        caller = Program(app.test_client(use_cookies=False))
        caller.headers = headers
        barrier.wait()
        return caller.post(PATH, BODY).status_code

    with ThreadPoolExecutor(callers) as pool:
        answers = sorted(pool.map(ask, range(callers)))
    assert answers == [201, *[409] * (callers - 1)]
    with app.app_context():
        counted = select(func.count()).select_from(PersonalToken)
        assert db.session.scalar(counted) == MOST
    assert problem(program.post(PATH, BODY)) == (409, "too_many_tokens")


@pytest.mark.parametrize("_round", range(3))
def test_none_is_made_beside_the_end_of_its_user(program, made, app, ada, _round):
    made()
    barrier = Barrier(2)

    def ask():
        barrier.wait()
        return program.post(PATH, BODY).status_code

    def shut():
        with app.app_context():
            user = get_user(ada.id)
            barrier.wait()
            disable(user, by="operator", requester=Requester())
            db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        asked, ended = pool.submit(ask), pool.submit(shut)
        ended.result()
        assert asked.result() in {201, 401}
    with app.app_context():
        counted = select(func.count()).select_from(PersonalToken)
        assert db.session.scalar(counted) == 0
