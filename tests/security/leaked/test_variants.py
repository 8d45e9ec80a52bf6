"""What people make of a password that is in every list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.security.leaked.variants import variants_of

MADE_UP = {
    "password": [
        "Password2024!!", "PASSWORD-12345", "p@$$w0rd2024", "Pa55word!!",
        "!!password!!", "123password123", "P4ssw0rd#1999",
    ],
    "sunshine": ["$unshine2024", "Sunsh1ne!2025"],
    "letmein": ["l3tm3in20245", "Letme1n!2024"],
    "hello": ["he11o1234567"],
}  # fmt: skip
PAIRS = [(word, made) for word, several in MADE_UP.items() for made in several]


@pytest.mark.parametrize(("word", "made"), PAIRS)
def test_the_word_inside_is_looked_for(word, made):
    assert word in variants_of(made)


@pytest.mark.parametrize(
    "own",
    [
        "password-58203984612",  # more digits around it than the word protects
        "nine quiet otters by the lake",
        "monkey7trombone",
        "quiet-password-otter",
    ],
)
def test_what_is_mostly_ones_own_is_not_taken_apart(own):
    assert not {"password", "monkey", "otter", "nine"} & set(variants_of(own))


@given(st.text(max_size=40))
def test_any_text_has_itself_first_and_few_others(text):
    found = variants_of(text)
    assert found[0] == text
    assert len(found) == len(set(found)) <= 9
