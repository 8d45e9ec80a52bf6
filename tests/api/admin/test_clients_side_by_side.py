"""Changes of clients at the same moment."""

import pytest

PATH = "/api/admin/clients"
AT_ONCE = 6
NOTES = {"client_id": "notes", "redirect_uris": ["https://app.example/callback"]}


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(AT_ONCE + 2)}


@pytest.mark.parametrize("_round", range(4))
def test_one_registers_an_id_and_the_others_are_told(at_once, _round):
    answers = at_once([("POST", PATH, NOTES, {})] * AT_ONCE)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * (AT_ONCE - 1)


@pytest.mark.parametrize("_round", range(4))
def test_of_changes_of_one_state_one_wins(at_once, program, make, _round):
    make.clients.web_client(client_id="notes")
    one = f"{PATH}/notes"
    seen = {"If-Match": program.get(one).headers["ETag"]}
    answers = at_once(
        [
            ("PATCH", one, {"client_name": f"Notes {number}"}, seen)
            for number in range(AT_ONCE)
        ]
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * (AT_ONCE - 1)
    assert len(make.records.audited("client.changed")) == 1


@pytest.mark.parametrize("_round", range(4))
def test_changes_of_different_parts_all_stay(at_once, program, make, _round):
    make.clients.web_client(client_id="notes")
    parts = {
        "client_name": "Journal",
        "contacts": ["a@example.org"],
        "default_max_age": 60,
        "first_party": True,
        "require_pkce": False,
        "disabled": True,
    }
    calls = [
        ("PATCH", f"{PATH}/notes", {name: value}, {}) for name, value in parts.items()
    ]
    assert {answer.status_code for answer in at_once(calls)} == {200}
    shown = program.get(f"{PATH}/notes").json
    assert {name: shown[name] for name in parts} == parts


@pytest.mark.parametrize("_round", range(4))
def test_a_client_is_deleted_or_changed_and_nothing_breaks(at_once, make, _round):
    make.clients.web_client(client_id="notes")
    calls = [("DELETE", f"{PATH}/notes", None, {})] * 2
    calls += [("PATCH", f"{PATH}/notes", {"client_name": "Journal"}, {})] * 3
    calls += [("POST", f"{PATH}/notes/secrets", {}, {})]
    statuses = {answer.status_code for answer in at_once(calls)}
    assert statuses <= {200, 201, 204, 404}
