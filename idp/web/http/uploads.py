"""Views that take files: they alone receive more than the app's limit of a body."""

from collections.abc import Callable
from functools import cached_property
from typing import IO, TypeVar, cast

from flask import Flask, Request, current_app
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream, get_input_stream

FORM_BYTES = 16 * 1024  # what a form needs beside its files

View = TypeVar("View", bound=Callable[..., object])


def takes_files(limit_bytes: int) -> Callable[[View], View]:
    """Let a view receive files of ``limit_bytes`` together."""

    def mark(view: View) -> View:
        view.max_body_bytes = limit_bytes + FORM_BYTES  # type: ignore[attr-defined]
        return view

    return mark


def body_limit(app: Flask, path: str, *, method: str) -> int:
    """Return how many bytes of a body the view at a path receives."""
    general: int = app.config["MAX_CONTENT_LENGTH"]
    try:
        endpoint, _ = app.url_map.bind("").match(path, method)
    except HTTPException:
        return general
    return getattr(app.view_functions[endpoint], "max_body_bytes", None) or general


class UncutStream(LimitedStream):
    """A body of unknown length that is read whole or refused, never in part."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        super().__init__(stream, limit + 1, is_max=True)

    def readall(self) -> bytes:
        """Return the whole body."""
        body = super().readall()
        if len(body) >= self.limit:
            raise RequestEntityTooLarge
        return body


class LimitedRequest(Request):
    """A request whose body may be as large as its view allows.

    The limit is looked up when the body is read, whoever reads it first.
    """

    own_limit: int | None = None

    @property
    def max_content_length(self) -> int | None:
        """Return the limit of this request, of its view or of the app, in bytes."""
        view = current_app.view_functions.get(self.endpoint or "")
        of_view: int | None = getattr(view, "max_body_bytes", None)
        return of_view or self.own_limit or super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        """Set the limit of this one request, where no view has its own."""
        self.own_limit = value

    @cached_property
    def stream(self) -> IO[bytes]:
        """Return the body; one of unknown length that is too long is refused.

        Werkzeug refuses one that says its length, and would cut this one off.
        """
        limit = self.max_content_length
        if self.content_length is not None or limit is None:
            return super().stream
        return cast("IO[bytes]", UncutStream(get_input_stream(self.environ), limit))
