"""What a client gets lasts as long as it says, and as the server allows at most."""

from dataclasses import replace

import pytest

from idp.core.db import db
from idp.oauth.apis.registry import change_api, declaration_of, get_api
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.oauth.calls import claims_of, client_credentials, redeem, refresh

API = "https://api.example"


def tokens_of(http, make, **metadata):
    client = make.clients.spa(**metadata)
    made = make.tokens.code(client, scope="openid offline_access")
    return client, redeem(http, made).json


@pytest.mark.parametrize(("said", "expected"), [(120, 120), (86400, 600), (None, 600)])
def test_an_access_token_and_an_id_token_last_as_long(http, make, said, expected):
    _, tokens = tokens_of(http, make, access_token_seconds=said, id_token_seconds=said)
    assert tokens["expires_in"] == expected
    for token in (tokens["access_token"], tokens["id_token"]):
        claims = claims_of(http, token)
        assert claims["exp"] - claims["iat"] == expected


@pytest.mark.parametrize(("of_api", "expected"), [(300, 300), (None, 120)])
def test_the_word_of_an_api_wins(app, http, make, of_api, expected):
    make.clients.api(API, "read")
    client = make.clients.machine_client(
        scope="read", apis=[API], access_token_seconds=120
    )
    with app.app_context():
        api = get_api(API)
        change_api(api, replace(declaration_of(api), access_token_seconds=of_api))
        db.session.commit()
    answer = client_credentials(http, client, resource=API)
    assert answer.json["expires_in"] == expected


def test_a_refresh_token_ends_unused(http, make, clock):
    client, tokens = tokens_of(http, make, refresh_idle_seconds=3600)
    for _ in range(3):
        clock.tick(minutes=50)
        tokens = refresh(http, client, tokens["refresh_token"]).json
    clock.tick(minutes=61)
    answer = refresh(http, client, tokens["refresh_token"])
    assert answer.json["error"] == "invalid_grant"


def test_a_chain_of_refresh_tokens_ends_although_it_is_used(http, make, clock):
    client, tokens = tokens_of(http, make, refresh_lifetime_seconds=3600)
    clock.tick(minutes=50)
    tokens = refresh(http, client, tokens["refresh_token"]).json
    clock.tick(minutes=11)
    answer = refresh(http, client, tokens["refresh_token"])
    assert answer.json["error"] == "invalid_grant"


@pytest.mark.parametrize("wrong", [0, 59, -1, True, "600", 1e3, 10**10])
@pytest.mark.parametrize(
    "member",
    [
        "access_token_seconds",
        "id_token_seconds",
        "refresh_idle_seconds",
        "refresh_lifetime_seconds",
    ],
)
def test_what_is_no_lifetime_is_refused_by_name(make, member, wrong):
    with pytest.raises(InvalidClientMetadata) as refused:
        make.clients.spa(**{member: wrong})
    assert [error.field for error in refused.value.errors] == [member]
