"""Secrets of an app: shown once, two live at a time, ended when they are due."""

import base64
import re

import pytest

from tests.admin.pages.pages_of_clients import errors_of, words_of


@pytest.fixture
def client(make):
    return make.clients.machine_client()


def path_of(client) -> str:
    return f"/admin/clients/{client.client_id}/secrets"


def works(http, client, secret) -> bool:
    form = {"grant_type": "client_credentials"}
    answer = http.post("/oauth2/token", data=form, auth=(client.client_id, secret))
    return answer.status_code == 200


def add(admin, client, *, overlap="86400"):
    page = admin.http.get(path_of(client))
    sent = {"secret_id": admin.value(page, "secret_id"), "overlap": overlap}
    return admin.follow(admin.send(path_of(client), sent))


def secret_in(page) -> str:
    return page.text.split('data-copy="')[1].split('"')[0]


def remove_buttons(admin, client) -> list[str]:
    page = admin.http.get(path_of(client)).text
    return re.findall(r'name="remove" value="([0-9a-f]{32})"', page)


def test_both_secrets_work_until_the_old_one_ends(admin, client, http, clock):
    new = secret_in(add(admin, client))
    assert works(http, client, client.client_secret)
    assert works(http, client, new)
    clock.tick(hours=25)
    assert not works(http, client, client.client_secret)
    assert works(http, client, new)


def test_the_old_secret_can_end_at_once(admin, client, http):
    new = secret_in(add(admin, client, overlap="0"))
    assert not works(http, client, client.client_secret)
    assert works(http, client, new)


def test_the_old_secret_can_live_until_it_is_removed(admin, client, http, clock):
    add(admin, client, overlap="")
    clock.tick(days=365)
    assert works(http, client, client.client_secret)


def test_a_secret_is_shown_once_and_stored_nowhere(admin, client):
    page = add(admin, client)
    secret = secret_in(page)
    assert page.request.method == "GET"
    assert page.headers["Cache-Control"] == "no-store"
    assert secret not in admin.http.get(path_of(client)).text
    link = re.search(
        r'href="data:text/plain;base64,([^"]+)" download="([^"]+)"', page.text
    )
    text = base64.b64decode(link[1]).decode()
    assert f"IDP_CLIENT_SECRET={secret}\n" in text
    assert link[2] == f"{client.client_id}.env"


def test_sending_the_form_twice_makes_one_secret(admin, client):
    page = admin.http.get(path_of(client))
    sent = {"secret_id": admin.value(page, "secret_id"), "overlap": "86400"}
    first = admin.send(path_of(client), sent)
    assert admin.send(path_of(client), sent).status_code == 303
    assert "only time you see it" in words_of(admin.open(first.location))
    again = admin.http.get(first.location)
    assert again.location == path_of(client)
    assert len(remove_buttons(admin, client)) == 2


def test_a_third_secret_is_refused_with_the_way_out(admin, client):
    add(admin, client)
    assert "Remove the one that no app uses" in errors_of(add(admin, client))
    assert len(remove_buttons(admin, client)) == 2


def test_a_leaked_pair_is_replaced_at_once(admin, client, http):
    second = secret_in(add(admin, client))
    third = secret_in(add(admin, client, overlap="0"))
    assert [works(http, client, s) for s in (client.client_secret, second, third)] == [
        False,
        False,
        True,
    ]


def test_removing_a_secret_ends_it_at_once(admin, client, http):
    new = secret_in(add(admin, client))
    _newest, oldest = remove_buttons(admin, client)
    assert admin.send(path_of(client), {"remove": oldest}).status_code == 303
    assert not works(http, client, client.client_secret)
    assert works(http, client, new)


def test_the_last_secret_stays(admin, client, http):
    [only] = remove_buttons(admin, client)
    page = admin.send(path_of(client), {"remove": only})
    assert "Add another one first" in errors_of(page)
    assert works(http, client, client.client_secret)


def test_a_secret_of_another_app_cannot_be_removed_here(admin, client, make, http):
    other = make.clients.machine_client()
    [foreign] = remove_buttons(admin, other)
    admin.send(path_of(client), {"remove": foreign})
    assert works(http, other, other.client_secret)


def test_an_app_without_secrets_gets_none(admin, make):
    spa = make.clients.spa()
    assert "proves itself without a secret" in words_of(admin.open(path_of(spa)))
    sent = {"secret_id": "0" * 32, "overlap": "0"}
    page = admin.send(path_of(spa), sent, on=f"/admin/clients/{spa.client_id}/consent")
    assert "uses no secret" in errors_of(page)
