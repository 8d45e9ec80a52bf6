"""Set-Cookie, always HttpOnly, of this host alone."""

from collections.abc import Mapping
from typing import Literal

# What becomes of cookies by name: a new value, or None for one that goes.
CookieChanges = Mapping[str, str | None]


def set_cookies(
    changes: CookieChanges,
    *,
    secure: bool,
    same_site: Literal["Strict", "Lax"],
    max_age: int | None = None,
) -> list[tuple[str, str]]:
    """Return the headers that make the changes."""
    tail = f"; Path=/; HttpOnly; SameSite={same_site}{'; Secure' if secure else ''}"
    lasting = "" if max_age is None else f"; Max-Age={max_age}"
    return [
        ("Set-Cookie", f"{name}=; Max-Age=0{tail}")
        if value is None
        else ("Set-Cookie", f"{name}={value}{lasting}{tail}")
        for name, value in changes.items()
    ]
