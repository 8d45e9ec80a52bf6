"""A small slice for the tests of the JSON kit: books on a shelf, kept in a list."""

from datetime import date
from http import HTTPStatus
from typing import Literal

from flask import Blueprint, Flask, Response, redirect
from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.core.errors import IdpError, RateLimited
from idp.core.paging import page_of
from idp.web.browser.csrf import form_token
from idp.web.json.models import Answer, Body, Query, left_out
from idp.web.json.operations import Auth
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import Declined, JsonBlueprint, reply
from tests.issuer import ISSUER

SPA = "https://spa.example"
OTHER_SPA = "https://other.example"


class Place(Body):
    room: str = Field(max_length=20)
    shelf: int = Field(ge=1, le=9)


class NewBook(Body):
    title: str = Field(min_length=1, max_length=40)
    kind: Literal["novel", "atlas"] = "novel"
    printed: date | None = None
    lent: bool = False
    pages: int | None = None
    place: Place | None = None
    tags: list[str] = Field(default=[], max_length=3)


class ByCode(Body):
    email: str
    code: str


class ByToken(Body):
    token: str


class Book(Answer):
    id: str
    title: str
    note: str | None
    borrower: str | None = left_out("Who has it")


class Found(Answer):
    who: str | None


class Filter(Query):
    kind: Literal["novel", "atlas"] | None = None
    lent: bool | None = None


class TitleTaken(IdpError):
    code = "title_taken"
    status = HTTPStatus.CONFLICT
    title = "There is such a book already."


api = JsonBlueprint("shelf", __name__, tag="Shelf")
pages = Blueprint("shelf_pages", __name__)


@api.operation(
    "POST",
    "/shelf/books",
    id="shelf_add",
    auth=Auth.NONE,
    body=NewBook,
    answers={201: Book, 202: None},
    declines=("shelf_full",),
    refusals=(TitleTaken, RateLimited),
)
def add(body: NewBook) -> Response | Book | Declined:
    """Put a book on the shelf.

    A title stands there once.
    """
    if body.title == "full":
        return Declined("shelf_full", "There is no room.")
    if body.title == "taken":
        raise TitleTaken
    if body.title == "often":
        raise RateLimited(30)
    if body.title == "later":
        return reply(None, status=202)
    if body.title == "bug":
        return Declined("undeclared", "This is a bug.")
    location = {"Location": f"{ISSUER}/shelf/books/7"}
    return reply(Book(id="7", title=body.title, note=None), headers=location)


@api.operation("GET", "/shelf/books/<book_id>", id="shelf_read", answers={200: Book})
def read(who: Principal, book_id: str) -> Book:
    """Show one book."""
    return Book(id=book_id, title="Ulysses", note=who.user_id, borrower="ada")


@api.operation(
    "DELETE", "/shelf/books/<book_id>", id="shelf_remove", answers={204: None}
)
def remove(book_id: str) -> None:
    """Throw a book away."""


@api.operation(
    "PUT",
    "/shelf/books/<book_id>",
    id="shelf_replace",
    body=NewBook,
    answers={200: Book},
)
def replace(who: Principal, book_id: str, body: NewBook) -> Book:
    """Replace a book."""
    return Book(id=book_id, title=body.title, note=who.user_id)


@api.operation(
    "POST",
    "/shelf/return",
    id="shelf_give_back",
    body=ByCode | ByToken,
    answers={204: None},
)
def give_back(body: ByCode | ByToken) -> None:
    """Give a book back."""


@api.operation(
    "GET", "/shelf/me", id="shelf_me", auth=Auth.OPTIONAL, answers={200: Found}
)
def me(who: Principal | None) -> Found:
    """Say who asks."""
    return Found(who=who.user_id if who else None)


@api.operation(
    "POST", "/shelf/me", id="shelf_change_me", auth=Auth.OPTIONAL, answers={200: Found}
)
def change_me(who: Principal | None) -> Found:
    """Say who changes."""
    return Found(who=who.user_id if who else None)


@api.operation(
    "GET",
    "/shelf/help",
    id="shelf_ask_for_help",
    answers={200: Found},
    before_password_change=True,
)
def ask_for_help(who: Principal) -> Found:
    """Ask for help, whatever is due first."""
    return Found(who=who.user_id)


@api.operation(
    "POST", "/shelf/leave", id="shelf_leave", auth=Auth.OWN, answers={204: None}
)
def leave() -> None:
    """Leave, whoever it is."""


@api.operation(
    "GET",
    "/shelf/search",
    id="shelf_search",
    auth=Auth.NONE,
    query=Filter,
    answers={200: list[Book]},
)
def search(query: Filter) -> list[Book]:
    """Search the shelf."""
    return [Book(id="1", title=str(query.kind), note=str(query.lent))]


@api.operation(
    "GET",
    "/shelf/list",
    id="shelf_list_books",
    auth=Auth.NONE,
    query=PageQuery,
    answers={200: PageAnswer[str]},
)
def list_books(query: PageQuery) -> Response:
    """List all books."""
    place = query.place("books")
    titles = [f"book {n:02}" for n in range(25)]
    rows = [title for title in titles if place is None or title > place.position[0]]
    if place and place.back:
        rows = [title for title in titles if title < place.position[0]][::-1]
    page = page_of(
        rows[: query.limit + 1], query, of="books", position=lambda title: (title,)
    )
    answer = PageAnswer[str](items=page.items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@pages.get("/shelf/books/<book_id>")
def page(book_id: str) -> str:
    return f"<p>A page of {book_id}</p>"


@pages.post("/shelf/books")
def page_add() -> Response:
    return redirect("/shelf/books/7", code=303)


@pages.get("/shelf/csrf")
def token() -> str:
    return form_token()


def put_up(app: Flask) -> None:
    """Add the shelf to an app that has not served yet."""
    app.register_blueprint(pages)
    app.register_blueprint(api)
