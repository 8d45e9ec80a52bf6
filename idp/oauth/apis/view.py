"""An API as protocol code sees it for one client: detached, safe to cache (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass

Description = Mapping[str, str]  # by language tag
DEFAULT_LANGUAGE = "en"
ACCESS_TOKEN_ALGS = ("ES256", "RS256")


@dataclass(frozen=True)
class ApiView:
    """An audience that a client may ask for, with what it may ask of it.

    ``scopes`` are all the API has, ``allowed`` those that this client may ask for.
    """

    identifier: str
    name: str
    scopes: Mapping[str, Description]
    allowed: frozenset[str]
    signing_alg: str | None = None
    access_token_seconds: int | None = None

    def describe(self, scope: str, *, language: str) -> str | None:
        """Return one scope value in words of a language, else in what there is."""
        return words_in(self.scopes.get(scope, {}), language=language)


def words_in(description: Description, *, language: str) -> str | None:
    """Return a description in a language, else in English, else in any."""
    wanted = (language, language.partition("-")[0], DEFAULT_LANGUAGE)
    found = (description.get(tag) for tag in (*wanted, *description))
    return next(filter(None, found), None)
