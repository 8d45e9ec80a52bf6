"""What people make of a password so that a form takes it (pure).

``Password2024!!`` is ``password`` to who guesses: signs and digits around a word, and
digits that stand for letters, are what guessing programs add first.
"""

from unicodedata import normalize

# Fewer characters around a listed word than these protect nobody.
FEWEST_OWN_CHARACTERS = 8
# One character may stand for either of two letters.
LETTERS_OF_SIGNS = tuple(
    str.maketrans("0134578@$!", f"o{one}eastb" + "as" + one) for one in "il"
)


def variants_of(password: str) -> tuple[str, ...]:
    """Return a password as it may stand in a list, first as it is, each once."""
    plain = normalize("NFKC", password)
    folded = plain.casefold()
    found = [password, plain, folded]
    for stem in _stems(folded):
        if len(folded) - len(stem) < FEWEST_OWN_CHARACTERS:
            found += [stem, *(stem.translate(signs) for signs in LETTERS_OF_SIGNS)]
    return tuple(dict.fromkeys(found))


def _stems(folded: str) -> tuple[str, ...]:
    """Return what is left without the signs and digits around it.

    Those in front may be letters in disguise, as in ``$unshine``.
    """
    end = len(folded)
    while end and not folded[end - 1].isalpha():
        end -= 1
    start = 0
    while start < end and not folded[start].isalpha():
        start += 1
    return (folded[start:end], folded[:end]) if end else ()
