"""Which passwords are taken (NIST SP 800-63B-4 §3.1.1.2; security.md §5). Pure.

Length and guessability count; there are no rules of composition.
"""

from collections.abc import Iterable
from itertools import pairwise
from unicodedata import normalize

from idp.core.errors import FieldError
from idp.core.hashing import MAX_PASSWORD_CHARACTERS, too_long

FEWEST_DISTINCT = 5
FEWEST_TURNS = 6
SHORTEST_CONTEXT_WORD = 4
FEWEST_OWN_CHARACTERS = 8
# zxcvbn refuses longer input, and what follows cannot make a password weaker.
JUDGED_CHARACTERS = 72
SAFE_SCORE = 3
# zxcvbn tries all readings of characters that stand for letters, like 4 for a: twenty
# kinds of them in one password cost it seconds. Beyond a few, signs are read as signs.
MOST_SUBSTITUTES = 6
SUBSTITUTES = frozenset("4@8({[<369&#!1/|0$5+7%2")
PLAIN_SIGN = "~"


def password_problem(
    password: str, *, minimum: int, context: Iterable[str] = ()
) -> FieldError | None:
    """Say why ``password`` is not taken, or None, as the two functions below do."""
    evident = evident_problem(password, minimum=minimum, context=context)
    return evident or guessable_problem(password)


def evident_problem(
    password: str, *, minimum: int, context: Iterable[str] = ()
) -> FieldError | None:
    """Say why ``password`` is not taken, or None, by what costs nothing to see.

    It is measured as it is hashed, after NFKC, in code points. ``context`` has the
    words an attacker would try first: the user's names and the server's.
    """
    if too_long(password):
        return _refused("too_long", max=MAX_PASSWORD_CHARACTERS)
    plain = normalize("NFKC", password)
    if len(plain) < minimum:
        return _refused("too_short", min=minimum)
    if _repeats(plain):
        return _refused("repeats")
    if _built_from(plain, context):
        return _refused("context")
    return None


def guessable_problem(password: str) -> FieldError | None:
    """Say that ``password`` is guessable, or None; that takes up to 150 ms to see."""
    return _refused("common") if _guessable(normalize("NFKC", password)) else None


def person_words(*, email: str, username: str | None, name: str | None) -> list[str]:
    """Return the words by which a user is known."""
    local_part = email.partition("@")[0]
    return [email, local_part, username or "", name or "", *(name or "").split()]


def _refused(code: str, **values: object) -> FieldError:
    """Return a refusal of the password field."""
    return FieldError("password", code, values=values)


def _repeats(password: str) -> bool:
    """Tell whether a password is a few characters, a repeated part, or runs.

    A turn is a place where the step from one character to the next is not the step
    before it: ``abcdefgh`` has none.
    """
    if len(set(password)) < FEWEST_DISTINCT:
        return True
    half = len(password) // 2
    if any(_is_repeated(password, length) for length in range(1, half + 1)):
        return True
    points = list(map(ord, password))
    steps = [right - left for left, right in pairwise(points)]
    turns = sum(step != next_step for step, next_step in pairwise(steps))
    return turns < FEWEST_TURNS


def _is_repeated(password: str, length: int) -> bool:
    """Tell whether ``password`` is its first ``length`` characters, again and again."""
    times = -(-len(password) // length)
    return (password[:length] * times).startswith(password)


def _built_from(password: str, context: Iterable[str]) -> bool:
    """Tell whether little is left of a password without the words of its context."""
    rest = password.casefold()
    words = {normalize("NFKC", word).casefold() for word in context}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_CONTEXT_WORD:
            rest = rest.replace(word, "")
    return len(rest) < min(FEWEST_OWN_CHARACTERS, len(password))


def _guessable(password: str) -> bool:
    """Tell whether zxcvbn thinks that few guesses find the password.

    It gets no words of context: it keeps them in a global that threads share.
    """
    from zxcvbn import zxcvbn

    judged = password[:JUDGED_CHARACTERS]
    if len(SUBSTITUTES.intersection(judged)) > MOST_SUBSTITUTES:
        judged = "".join(c if c.isalnum() else PLAIN_SIGN for c in judged)
    score: int = zxcvbn(judged)["score"]
    return score < SAFE_SCORE
