"""Text in several languages as it is typed: English plain, others after ``@de``."""

from collections.abc import Mapping

from idp.oauth.apis.view import DEFAULT_LANGUAGE

TAG = "@"


def language_lines(words: Mapping[str, str]) -> list[str]:
    """Return a line for each language; English needs no mark."""
    marks = {tag: "" if tag == DEFAULT_LANGUAGE else f"{TAG}{tag} " for tag in words}
    return [f"{marks[tag]}{text}" for tag, text in words.items()]


def marked(line: str) -> tuple[str, str]:
    """Return the language that a line is in, and its words."""
    if not line.startswith(TAG):
        return DEFAULT_LANGUAGE, line
    tag, *rest = line.removeprefix(TAG).split(None, 1)
    return tag, rest[0] if rest else ""
