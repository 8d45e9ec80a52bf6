"""People whom a test makes for itself, beside those of the seed."""

from tests.browser.seed import PASSWORD
from tests.serving import Serving


def make_person(server: Serving, name: str, **members: object) -> None:
    """Make somebody with the password of the seed, whose address counts as proven."""
    server.call(
        "POST",
        "/api/users",
        email=f"{name}@example.com",
        username=name,
        password=PASSWORD,
        email_verified=True,
        **members,
    )
