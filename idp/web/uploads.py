"""Views that take files: they alone receive more than the app's limit of a body."""

from collections.abc import Callable
from typing import TypeVar

from flask import Request, current_app

FORM_BYTES = 16 * 1024  # what a form needs beside its files

View = TypeVar("View", bound=Callable[..., object])


def takes_files(limit_bytes: int) -> Callable[[View], View]:
    """Let a view receive files of ``limit_bytes`` together."""

    def mark(view: View) -> View:
        view.max_body_bytes = limit_bytes + FORM_BYTES  # type: ignore[attr-defined]
        return view

    return mark


class LimitedRequest(Request):
    """A request whose body may be as large as its view allows.

    The limit is looked up when the body is read, whoever reads it first.
    """

    @property
    def max_content_length(self) -> int | None:
        """Return the view's own limit in bytes, else the app's."""
        view = current_app.view_functions.get(self.endpoint or "")
        own: int | None = getattr(view, "max_body_bytes", None)
        return own or super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        """Set the limit of this one request, where no view has its own."""
        self._max_content_length = value
