"""A client gets tokens for the APIs it lists, and each token says what is theirs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from urllib.parse import urlencode

import pytest

from idp.core.db import db
from idp.oauth.apis.permissions import read_permissions
from idp.oauth.apis.registry import (
    InvalidApi,
    change_api,
    declaration_of,
    delete_api,
    get_api,
)
from idp.oauth.clients.changes import change_client, get_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.oauth.calls import (
    ask_for_device,
    claims_of,
    client_credentials,
    introspect,
    redeem,
    refresh,
    verified,
)
from tests.rp import RelyingParty

ISSUER = "https://idp.example"
API, OTHER = "https://api.example", "https://other.example"


def said(http, answer) -> tuple[object, str | None]:
    """Return the audience and the scope of an answer's access token."""
    claims = claims_of(http, answer.json["access_token"])
    return claims["aud"], claims.get("scope")


@pytest.fixture
def party(http, make):
    """A relying party that lists one API, beside another that exists."""
    make.clients.api(API, "read", "write")
    make.clients.api(OTHER, "read")
    client = make.clients.own_app(scope="openid email", apis=[API])
    make.browsers.sign_in(http)
    return RelyingParty(http, client, scope="openid email read")


@pytest.mark.parametrize(
    "resource",
    [OTHER, "https://unknown.example", f"{ISSUER}/account", f"{ISSUER}/admin"],
)
class TestWhatAClientDoesNotList:
    def test_is_no_target_of_an_authorization(self, party, resource):
        fields = party.checked(party.ask(resource=resource))
        assert fields["error"] == "invalid_target"

    def test_is_no_target_beside_one_that_it_lists(self, http, party, resource):
        query = urlencode({**party.parameters(resource=resource)})
        answer = http.get(f"/oauth2/authorize?{query}&{urlencode({'resource': API})}")
        assert party.fields_of(answer)["error"] == "invalid_target"

    def test_is_no_target_of_a_machine(self, http, make, party, resource):
        machine = make.clients.machine_client(apis=[API])
        refused = client_credentials(http, machine, resource=resource)
        assert (refused.status_code, refused.json["error"]) == (400, "invalid_target")

    def test_is_no_target_of_a_device(self, http, make, party, resource):
        device = make.clients.device_client(apis=[API])
        refused = ask_for_device(http, device, resource=resource)
        assert refused.json["error"] == "invalid_target"


def test_a_tokens_scope_is_of_its_audience_alone(http, party):
    tokens = party.finish(party.ask(resource=API)).tokens
    claims = claims_of(http, tokens["access_token"])
    assert (claims["aud"], claims["scope"]) == (API, "read")
    assert tokens["scope"] == "openid read"
    tokens = party.finish(party.ask()).tokens
    claims = claims_of(http, tokens["access_token"])
    assert (claims["aud"], claims["scope"]) == (ISSUER, "openid email")


def test_each_refresh_says_what_its_audience_knows(http, make):
    make.clients.api(API, "read")
    make.clients.api(OTHER, "send")
    spa = make.clients.spa(apis=[API, OTHER])
    made = make.tokens.code(spa, scope="openid read send", resource=[API, OTHER])
    answer = redeem(http, made)
    assert said(http, answer) == ([API, OTHER], "read send")
    for resource, scope in ((API, "read"), (OTHER, "send")):
        token = answer.json["refresh_token"]
        answer = refresh(http, spa, token, resource=resource)
        assert said(http, answer) == (resource, scope)
        assert "id_token" in answer.json


def test_a_client_may_list_less_than_all_scopes_of_an_api(http, make):
    make.clients.api(API, "read", "write")
    some = {"identifier": API, "scopes": ["read"]}
    machine = make.clients.machine_client(scope="", apis=[some])
    assert said(http, client_credentials(http, machine, resource=API)) == (API, "read")
    refused = client_credentials(http, machine, resource=API, scope="write")
    assert refused.json["error"] == "invalid_scope"


def test_a_scope_that_two_requested_apis_share_is_refused(http, make, party):
    both = {"resource": [API, OTHER]}
    machine = make.clients.machine_client(apis=[API, OTHER])
    for scope in ({"scope": "read"}, {}):
        refused = client_credentials(http, machine, **both, **scope)
        assert refused.json["error"] == "invalid_target"
    answer = client_credentials(http, machine, **both, scope="write")
    assert said(http, answer) == ([API, OTHER], "write")


def test_the_apis_word_on_signature_and_lifetime_wins(http, make):
    make.clients.api(API, signing_alg="RS256", access_token_seconds=90)
    make.clients.api(OTHER, access_token_seconds=999_999)
    machine = make.clients.machine_client(apis=[API, OTHER])
    answer = client_credentials(http, machine, resource=API)
    token = verified(http, answer.json["access_token"])
    assert token.header["alg"] == "RS256"
    assert token.claims["exp"] - token.claims["iat"] == 90
    assert answer.json["expires_in"] == 90
    answer = client_credentials(http, machine, resource=OTHER)
    assert verified(http, answer.json["access_token"]).header["alg"] == "ES256"
    assert answer.json["expires_in"] == 600
    refused = client_credentials(http, machine, resource=[API, OTHER])
    assert refused.json["error"] == "invalid_target"


def test_the_default_resource_is_the_audience_of_who_names_none(http, make):
    make.clients.api(API, "read")
    machine = make.clients.machine_client(apis=[API], default_resource=API)
    assert said(http, client_credentials(http, machine)) == (API, "read")
    answer = client_credentials(http, machine, resource=ISSUER)
    assert said(http, answer) == (ISSUER, "write")


def test_a_default_has_to_be_listed(app, make):
    with pytest.raises(InvalidClientMetadata, match="default_resource"):
        make.clients.machine_client(default_resource=API)
    machine = make.clients.machine_client(apis=[API], default_resource=API)
    with app.app_context():
        metadata = get_client(machine.client_id).registered
        with pytest.raises(InvalidClientMetadata, match="default_resource"):
            change_client(machine.client_id, metadata, apis=[])


def test_what_is_taken_from_a_client_ends_with_its_next_refresh(app, http, make):
    spa = make.clients.spa(apis=[API, OTHER])
    token = make.tokens.refresh_token(spa, resource=[API, OTHER])
    with app.app_context():
        metadata = get_client(spa.client_id).registered
        assert change_client(spa.client_id, metadata, apis=read_permissions([API])) == [
            "apis"
        ]
        db.session.commit()
    answer = refresh(http, spa, token)
    assert said(http, answer)[0] == API
    with app.app_context():
        delete_api(get_api(API))
        db.session.commit()
    refused = refresh(http, spa, answer.json["refresh_token"])
    assert refused.json["error"] == "invalid_target"


def allow(app, client, **changed) -> None:
    """Change what a client may ask for."""
    apis = changed.pop("apis", None)
    with app.app_context():
        metadata = get_client(client.client_id).registered | changed
        allowed = None if apis is None else read_permissions(apis)
        change_client(client.client_id, metadata, apis=allowed)
        db.session.commit()


def test_a_refresh_narrows_to_what_the_client_may_still_ask(app, http, make):
    make.clients.api(API, "read", "write")
    spa = make.clients.spa(apis=[API], scope="openid email")
    wanted = "openid email read write"
    token = make.tokens.refresh_token(spa, scope=wanted, resource=[API, ISSUER])
    allow(app, spa, apis=[{"identifier": API, "scopes": ["read"]}], scope="email")
    answer = refresh(http, spa, token, scope=wanted)
    assert said(http, answer) == ([API, ISSUER], "email read")
    assert answer.json["scope"] == "email read"
    assert "id_token" not in answer.json


def test_a_refresh_of_nothing_that_is_left_spends_nothing(app, http, make):
    spa = make.clients.spa(scope="openid email")
    token = make.tokens.refresh_token(spa, scope="email")
    allow(app, spa, scope="openid")
    refused = refresh(http, spa, token)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_grant")
    allow(app, spa, scope="openid email")
    assert refresh(http, spa, token).json["scope"] == "email"


def test_a_changed_api_is_seen_at_once(app, http, make):
    make.clients.api(API, "read")
    machine = make.clients.machine_client(scope="", apis=[API])
    client_credentials(http, machine, resource=API)
    with app.app_context():
        api = get_api(API)
        declared = declaration_of(api)
        declared.scopes["write"] = {}
        assert change_api(api, declared)
        db.session.commit()
    answer = client_credentials(http, machine, resource=API)
    assert said(http, answer) == (API, "read write")


def test_a_machine_with_apis_still_costs_no_statement(http, make, statements):
    make.clients.api(API, "read")
    machine = make.clients.machine_client(apis=[API])
    client_credentials(http, machine, resource=API)
    with statements() as seen:
        assert client_credentials(http, machine, resource=API).status_code == 200
    assert seen == []


def test_who_owns_a_resource_asks_about_its_tokens(http, make):
    owner = make.clients.machine_client(owned_resources=[API])
    machine = make.clients.machine_client(apis=[API])
    token = client_credentials(http, machine, resource=API).json["access_token"]
    assert introspect(http, owner, token).json["aud"] == API


@pytest.mark.parametrize(
    ("identifier", "declared", "wrong"),
    [
        ("api", {}, "identifier"),
        ("https://api.example/#a", {}, "identifier"),
        (f"https://{'a' * 1100}.example", {}, "identifier"),
        (ISSUER, {}, "identifier"),
        (f"{ISSUER}/account", {}, "identifier"),
        (f"{ISSUER}/admin", {}, "identifier"),
        (f"{ISSUER}/anything", {}, "identifier"),
        (API, {"name": " "}, "name"),
        (API, {"signing_alg": "none"}, "signing_alg"),
        (API, {"access_token_seconds": 10}, "access_token_seconds"),
        (API, {"access_token_seconds": True}, "access_token_seconds"),
        (API, {"scopes": {"openid": {}}}, "scopes"),
        (API, {"scopes": {"account": {}}}, "scopes"),
        (API, {"scopes": {"account:read": {}}}, "scopes"),
        (API, {"scopes": {'quo"te': {}}}, "scopes"),
        (API, {"scopes": {"read": {"en": ""}}}, "scopes"),
        (API, {"scopes": {"read": "Read"}}, "scopes"),
    ],
)
def test_what_no_api_can_be(make, identifier, declared, wrong):
    with pytest.raises(InvalidApi) as caught:
        make.clients.api(identifier, **declared)
    assert [error.field for error in caught.value.errors] == [wrong]


def test_an_identifier_is_registered_once(make):
    make.clients.api(API)
    with pytest.raises(InvalidApi, match="registered already") as caught:
        make.clients.api(API)
    assert caught.value.errors[0].message == "is registered already"


@pytest.mark.parametrize("_round", range(3))
def test_side_by_side_one_registers_it(app, make, _round):
    start = Barrier(4)

    def register(_number: int) -> str:
        start.wait()
        try:
            make.clients.api(API, "read")
        except InvalidApi as refused:
            return refused.errors[0].message
        return "registered"

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(register, range(4)))
    assert outcomes == ["is registered already"] * 3 + ["registered"]


@pytest.mark.parametrize("_round", range(3))
def test_side_by_side_the_last_change_of_an_api_counts(app, make, _round):
    make.clients.api(API, "read")
    start = Barrier(4)

    def change(number: int) -> None:
        with app.app_context():
            api = get_api(API)
            start.wait()
            new = {"read": {}, f"write{number}": {}}
            change_api(api, replace(declaration_of(api), scopes=new))
            db.session.commit()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(change, range(4)))
    with app.app_context():
        assert len(declaration_of(get_api(API)).scopes) == 2


@pytest.mark.parametrize(
    "apis",
    [
        "https://api.example",
        [5],
        [{"identifier": API, "scope": "read"}],
        [API, API],
        ["https://unknown.example"],
        [{"identifier": API, "scopes": ["unknown"]}],
    ],
)
def test_what_no_client_can_list(app, make, apis):
    make.clients.api(API, "read")
    client = make.clients.machine_client()

    def allow() -> None:
        metadata = get_client(client.client_id).registered
        change_client(client.client_id, metadata, apis=read_permissions(apis))

    with app.app_context(), pytest.raises((InvalidApi, InvalidClientMetadata)):
        allow()
