"""Where a person belongs: an extension point for the slice that knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from idp.core.context import current


@dataclass(frozen=True)
class Belonging:
    """A person's place in one organization; ``personal`` tells the person's own."""

    organization_id: str
    organization_name: str
    personal: bool
    role: str


class OrganizationDirectory(Protocol):
    """Who knows the organizations."""

    def of_user(self, user_id: str) -> Sequence[Belonging]:
        """Return a person's organizations, their own first."""


class Organizations:
    """The app's one directory, filled in ``create_app``."""

    def __init__(self, directory: OrganizationDirectory) -> None:
        self.directory = directory


def find_organizations_of(user_id: str) -> Sequence[Belonging]:
    """Return a person's organizations, their own first."""
    return current(Organizations).directory.of_user(user_id)
