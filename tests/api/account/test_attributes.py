"""Values of attributes in /account/profile and /api/users."""

import pytest

from tests.api.callers import Program, fields, problem

PATH = "/account/profile"
both = pytest.mark.parametrize("method", ["PUT", "PATCH"])


@pytest.fixture
def ada(program, make):
    """A user who is signed in with a program."""
    make.clients.spa()
    made = make.users.account(name="Ada", username="ada")
    program.sign_in(made)
    return made


@pytest.fixture
def defined(make):
    make.attributes.define("department")
    make.attributes.define("desks", "number")
    make.attributes.define("badge", editable_by="admin")


def written(program, **values):
    return program.send("PATCH", PATH, {"attributes": values})


def values(program) -> dict:
    return program.get(PATH).json["attributes"]


@pytest.mark.usefixtures("defined")
def test_a_patch_merges_attributes_and_null_clears_one(program, ada):
    assert values(program) == {}
    assert written(program, department="Engines", desks=2).status_code == 200
    assert values(program) == {"department": "Engines", "desks": 2}
    assert written(program, desks=None).json["attributes"] == {"department": "Engines"}
    assert program.get(f"/api/users/{ada.id}").json["attributes"] == values(program)
    assert program.send("PATCH", PATH, {"nickname": "A."}).json["attributes"]
    cleared = program.send("PATCH", PATH, {"attributes": None})
    assert cleared.json["attributes"] == {}


@pytest.mark.usefixtures("ada", "defined")
def test_put_replaces_what_users_may_write_and_keeps_the_rest(
    app, program, make, other_admin
):
    user_id = program.get(PATH).json["id"]
    sent = {"attributes": {"badge": "X1", "desks": 1}}
    told = other_admin.send("PATCH", f"/api/users/{user_id}", sent)
    assert told.json["attributes"] == {"badge": "X1", "desks": 1}
    body = {"name": "Ada", "attributes": {"department": "Engines"}}
    assert program.put(PATH, body).json["attributes"] == {
        "department": "Engines",
        "badge": "X1",
    }
    assert program.put(PATH, {"name": "Ada"}).json["attributes"] == {"badge": "X1"}


@pytest.fixture
def other_admin(app, make):
    """A program of an admin who signed in just now."""
    caller = Program(app.test_client(use_cookies=False))
    caller.sign_in(make.users.account(roles=["admin"]))
    return caller


@pytest.mark.usefixtures("ada", "defined")
def test_a_user_writes_no_attribute_of_admins_and_none_that_there_is_not(program):
    refused = written(program, badge="X9", shoe=44, desks=1)
    assert fields(refused) == {
        "attributes.badge": "not_editable",
        "attributes.shoe": "unknown_field",
    }
    assert values(program) == {}


WRONG = [
    ("text", 7),
    ("text", ["x"]),
    ("text", "a\u0007b"),
    ("text", "a\nb"),
    ("text", "\u202egnp"),
    ("text", "x" * 8193),
    ("number", "7"),
    ("number", True),
    ("number", 2**53),
    ("number", -1e300),
    ("boolean", "true"),
    ("boolean", 1),
    ("date", "2026-02-30"),
    ("date", "20261129"),
    ("date", "2026-W48-7"),
    ("date", 20261129),
    ("choice", "XL"),
    ("choice", {"a": 1}),
]
TOWER = [[[[[[[[[["up"]]]]]]]]]]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(("kind", "value"), [*WRONG, ("text", TOWER)])
def test_a_value_that_is_not_of_its_type_is_refused_by_name(program, make, kind, value):
    make.attributes.define("it", kind, choices=("S", "M") if kind == "choice" else ())
    assert fields(written(program, it=value)) == {"attributes.it": "invalid"}
    assert values(program) == {}


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", "9" * 6000, "[" * 9000])
def test_numbers_that_are_none_are_refused_as_text(program, make, text):
    make.attributes.define("it", "number")
    headers = {**program.headers, "Content-Type": "application/json"}
    body = f'{{"attributes": {{"it": {text}}}}}'
    answer = program.client.patch(PATH, data=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert values(program) == {}


@pytest.mark.usefixtures("ada")
def test_every_type_takes_its_values(program, make):
    make.attributes.define("words")
    make.attributes.define("count", "number")
    make.attributes.define("yes", "boolean")
    make.attributes.define("day", "date")
    make.attributes.define("size", "choice", choices=("S", "M"))
    sent = {"words": "é ß", "count": -1.5, "yes": False, "day": "2026-11-29"}
    sent["size"] = "M"
    assert written(program, **sent).json["attributes"] == sent
    assert values(program) == sent


@pytest.mark.usefixtures("ada")
def test_all_values_of_a_user_take_64_kilobytes_at_most(program, make):
    for number in range(9):
        make.attributes.define(f"text_{number}")
    names = [f"text_{number}" for number in range(9)]
    for some in (names[:4], names[4:8]):
        long = dict.fromkeys(some, "x" * 8000)
        assert written(program, **long).status_code == 200
    refused = written(program, text_8="x" * 8000)
    assert fields(refused) == {"attributes": "too_long"}


@both
@pytest.mark.usefixtures("ada")
def test_what_users_have_to_give_is_not_taken_away(program, make, method):
    make.attributes.define("department", required_at="register")
    assert written(program, department="Engines").status_code == 200
    gone = {"name": "Ada", "attributes": {"department": ""}}
    refused = program.send(method, PATH, gone)
    assert fields(refused) == {"attributes.department": "required"}
    assert values(program) == {"department": "Engines"}
    assert program.send("PATCH", PATH, {"nickname": "A."}).status_code == 200


@pytest.mark.usefixtures("ada", "defined")
def test_a_change_of_an_attribute_is_in_the_activity_without_its_value(program, make):
    written(program, department="Engines")
    (told,) = make.records.audited_details("profile.changed")
    assert told == {"fields": ["attributes.department"]}


@pytest.mark.usefixtures("ada", "defined")
def test_a_user_who_has_seen_older_attributes_changes_nothing(program, ada):
    one = f"/api/users/{ada.id}"
    seen = {"If-Match": program.get(one).headers["ETag"]}
    written(program, department="Engines")
    refused = program.send("PATCH", one, {"attributes": {}}, headers=seen)
    assert problem(refused) == (412, "precondition_failed")


@pytest.mark.usefixtures("defined")
def test_attributes_are_exported_and_shown_to_nobody_else(app, program, make, ada):
    written(program, department="Engines")
    other = Program(app.test_client(use_cookies=False))
    other.sign_in(make.users.account())
    assert "attributes" not in other.get(f"/api/users/{ada.id}").json
    password = {"password": ada.password}
    export = program.post("/account/export", password).json
    assert export["account"][0]["attributes"] == {"department": "Engines"}
