"""Pages and JSON under one path: the right face answers, the right guard stands."""

import pytest

from idp.web.json.models import Answer
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint
from tests.web import shelf

pytestmark = pytest.mark.any_database

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("accept", [CHROME, "text/html", "text/html;q=0.9,*/*;q=0.1"])
def test_a_browser_gets_the_page(program, accept):
    answer = program.get("/shelf/books/7", headers={"Accept": accept})
    assert answer.text == "<p>A page of 7</p>"
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "accept",
    ["application/json", "*/*", None, "", "text/*", "application/json, text/html",
     "text/html;q=0.5, application/json", "nonsense", "text/html;q=0"],
)  # fmt: skip
def test_everybody_else_gets_json(program, bearer, accept):
    headers = bearer if accept is None else {**bearer, "Accept": accept}
    answer = program.get("/shelf/books/7", headers=headers)
    assert answer.json["id"] == "7"
    assert "Accept" in answer.headers["Vary"]


def test_head_goes_like_get(program, bearer):
    page = program.head("/shelf/books/7", headers={"Accept": CHROME})
    assert page.content_type.startswith("text/html")
    json = program.head("/shelf/books/7", headers=bearer)
    assert json.content_type == "application/json"


def test_the_refusal_of_a_shared_path_is_of_the_face_that_was_meant(program):
    answer = program.get("/shelf/books/7", headers={"Accept": "*/*"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_json_goes_to_json_and_a_form_to_the_page(browser, csrf):
    headers = {"Accept": CHROME, **csrf}
    answer = browser.post("/shelf/books", json={"title": "x"}, headers=headers)
    assert answer.status_code == 201
    form = {"csrf_token": csrf["X-CSRF-Token"]}
    assert browser.post("/shelf/books", data=form).status_code == 303


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x"])
def test_a_form_without_our_token_is_refused_by_the_guard(program, content_type):
    answer = program.post("/shelf/books", data=b"a=b", content_type=content_type)
    assert answer.status_code == 403


def test_any_other_type_is_json_s_to_refuse(program):
    answer = program.post("/shelf/books", data=b"a=b", content_type="text/plain")
    assert answer.status_code == 415


@pytest.mark.parametrize("accept", [CHROME, "application/json"])
def test_a_method_of_one_face_needs_no_choice(program, bearer, accept):
    headers = {**bearer, "Accept": accept}
    answer = program.put("/shelf/books/7", json={"title": "x"}, headers=headers)
    assert answer.status_code == 200


def test_options_and_405_name_the_methods_of_both_faces(program):
    both = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}
    assert set(program.options("/shelf/books/7").allow) == both
    answer = program.patch("/shelf/books/7")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == both


def test_a_path_with_one_face_has_no_choice_to_tell(program):
    assert "Accept" not in program.get("/shelf/me").headers.get("Vary", "")
    assert "Accept" not in program.get("/login").headers.get("Vary", "")


def test_both_faces_stay_in_the_map(shelved):
    found = [
        (rule.endpoint, sorted(set(rule.methods) - {"HEAD", "OPTIONS"}))
        for rule in shelved.url_map.iter_rules()
        if rule.rule == "/shelf/books/<book_id>"
    ]
    assert sorted(found) == [
        ("shelf.read", ["GET"]),
        ("shelf.remove", ["DELETE"]),
        ("shelf.replace", ["PUT"]),
        ("shelf_pages.page", ["GET"]),
    ]


class Empty(Answer):
    pass


def put_up_another_name(app):
    shelf.put_up(app)
    api = JsonBlueprint("other", __name__, tag="Other")

    @api.operation(
        "PATCH", "/shelf/books/<id>", id="rename", auth=Auth.NONE, answers={200: Empty}
    )
    def change(id: str) -> Empty:  # noqa: A002 - the other name
        """Change it."""

    app.register_blueprint(api)


@pytest.mark.parametrize("furnish", [put_up_another_name])
def test_two_names_for_one_path_are_a_bug(shelved):
    answer = shelved.test_client().get("/shelf/me", base_url="https://idp.example")
    assert answer.status_code == 500
