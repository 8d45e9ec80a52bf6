"""Who must set up a second factor does that first, also by the API."""

import re

import pytest

from idp.web.json.operations import Auth
from tests.api.callers import Program, Spa, problem
from tests.authenticator import add_passkey

REFUSED = (403, "second_factor_setup_required")


@pytest.fixture
def ada(make):
    """Somebody with a password alone, where two factors are required."""
    make.clients.spa()
    make.policies.decide(second_factor="required")
    return make.users.account()


@pytest.fixture(params=[Program, Spa])
def caller(request, app, http):
    return request.param(app.test_client())


def test_what_is_no_set_up_is_refused(caller, ada):
    caller.sign_in(ada)
    for path in ("/account/profile", "/account/sessions", "/account/apps"):
        assert problem(caller.get(path)) == REFUSED
    assert problem(caller.send("PATCH", "/account/profile", {"name": "A"})) == REFUSED
    assert problem(caller.get("/api/users")) == REFUSED


def test_the_set_up_ones_own_data_and_the_way_out_are_open(caller, ada):
    caller.sign_in(ada)
    assert caller.get("/api/auth").json["status"] == "2fa_setup"
    assert caller.get("/auth/me").json["user"]["id"] == ada.id
    assert caller.get("/account/passkeys").json == []
    assert caller.post("/account/passkeys/options").status_code == 200
    assert caller.post("/account/export", {}).status_code == 200
    assert caller.post("/auth/logout").status_code == 204


def test_nobody_is_refused_while_there_is_time(caller, make):
    make.clients.spa()
    make.policies.decide(second_factor="required", enrol_grace_days=3)
    caller.sign_in(make.users.account())
    assert caller.get("/account/profile").status_code == 200


def test_a_passkey_set_up_opens_the_rest(caller, ada):
    caller.sign_in(ada)
    add_passkey(caller)
    assert caller.get("/api/auth").json["status"] == "ok"
    assert caller.get("/account/profile").status_code == 200


def test_every_other_route_is_refused(app, caller, ada):
    caller.sign_in(ada)
    views = app.view_functions.values()
    found = [view.operation for view in views if hasattr(view, "operation")]
    known = [each for each in found if each.auth is Auth.SIGNED_IN]
    refused, let_in = set(), set()
    for each in known:
        path = re.sub("<[^>]+>", "some-id", each.path)
        answer = caller.send(each.method, path)
        code = answer.json.get("code") if isinstance(answer.json, dict) else None
        (refused if code == REFUSED[1] else let_in).add(each.id)
        if each.id in let_in:
            assert each.before_enrolment, each.id
    assert len(refused) > len(let_in) > 10
