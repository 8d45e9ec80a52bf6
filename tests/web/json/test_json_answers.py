"""What a JSON face may answer, and how refusals look."""

import pytest

from idp.core.errors import IdpError
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint


def test_a_view_may_say_no_with_200_and_an_error(program):
    answer = program.post("/shelf/books", json={"title": "full"})
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.json == {
        "error": {"code": "shelf_full", "message": "There is no room."}
    }


def test_an_empty_answer_has_no_type(program, bearer):
    answer = program.delete("/shelf/books/7", headers=bearer)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert program.post("/shelf/books", json={"title": "later"}).status_code == 202


def test_a_value_that_is_left_out_is_not_null(program, bearer):
    added = program.post("/shelf/books", json={"title": "x"}).json
    assert added == {"id": "7", "title": "x", "note": None}
    assert program.get("/shelf/books/7", headers=bearer).json["borrower"] == "ada"


def test_head_answers_like_get_without_a_body(program, bearer):
    answer = program.head("/shelf/books/7", headers=bearer)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_type == "application/json"


@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json", ""])
def test_a_json_route_refuses_in_json_whatever_is_accepted(program, accept):
    answer = program.post(
        "/shelf/books", json={"title": "taken"}, headers={"Accept": accept}
    )
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem.pop("request_id")
    assert problem == {
        "type": "urn:idp:problem:title_taken",
        "title": "There is such a book already.",
        "status": 409,
        "code": "title_taken",
        "errors": [],
    }


def test_too_many_tries_are_told_when_to_come_back(program):
    answer = program.post("/shelf/books", json={"title": "often"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"
    assert answer.json["code"] == "too_many_requests"


def test_a_path_that_is_not_there_is_json_below_api(program):
    answer = program.get("/api/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["title"] == "Not Found"


def test_a_method_that_is_not_there_names_those_that_are(program):
    answer = program.patch("/shelf/return")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_an_undeclared_answer_is_a_bug_and_not_an_answer(program):
    answer = program.post("/shelf/books", json={"title": "bug"})
    assert answer.status_code == 500
    assert answer.json["code"] == "internal_error"


class Empty(Answer):
    pass


class Word(Body):
    word: str


def declare(view, **declared):
    """Register a view on a blueprint of its own."""
    api = JsonBlueprint("strict", __name__, tag="Strict")
    declared = {"answers": {200: Empty}, "auth": Auth.NONE} | declared
    return api.operation("POST", "/strict/<name>", id="strict", **declared)(view)


def test_a_view_takes_exactly_what_it_would_get():
    def fits(name: str, body: Word) -> Empty:
        """Fit."""

    def takes_no_name(body: Word) -> Empty:
        """Forget the path's value."""

    def takes_nobody(name: str, body: Word, who: object) -> Empty:
        """Ask who it is where nobody is asked."""

    def says_nothing(name: str, body: Word) -> Empty:
        pass

    assert declare(fits, body=Word) is fits
    for wrong in (takes_no_name, takes_nobody, says_nothing):
        with pytest.raises(TypeError, match=wrong.__name__):
            declare(wrong, body=Word)
    with pytest.raises(TypeError, match="fits"):
        declare(fits)


def test_headers_of_a_refusal_are_its_own():
    assert IdpError().headers == {}
