"""Which text can be stored, and which is one line of it."""

import pytest

from idp.core.text import in_one_piece, is_line, is_storable, name_flaw


@pytest.mark.parametrize("text", ["", "Zoë", "two\nlines", "\u200d", "\U0001f600"])
def test_text_is_storable(text):
    assert is_storable(text)


@pytest.mark.parametrize("text", ["a\0", "\ud800", "a\udfffb"])
def test_nul_and_halves_of_surrogate_pairs_are_not(text):
    assert not is_storable(text)
    assert not is_line(text)


@pytest.mark.parametrize("text", ["a\nb", "a\x7f", "\x85", "\u2028", "\u2029", "\t"])
def test_a_line_has_no_control_character_and_no_end(text):
    assert not is_line(text)


@pytest.mark.parametrize("text", ["", "Zoë Noël", "\u200d", "a\u00a0b", "日本"])
def test_what_can_be_read_in_one_line_is_one(text):
    assert is_line(text)


@pytest.mark.parametrize(
    "typed",
    [
        "\ufeff123456\ufe0f",
        "١٢٣-٤٥٦",  # Arabic-Indic
        "\u200e۱۲۳ ۴۵۶",  # Persian
        "１２３・４５６",
        "123\u2212456",
        "१२३.४५६",
        "12\u00ad34\u3164 56",
    ],
)
def test_a_code_is_the_same_however_it_was_typed(typed):
    assert in_one_piece(typed) == "123456"


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("Zoë", None),
        ("نمی\u200cدانم", None),
        ("Việt", None),
        ("བསྒྲུབས", None),
        ("\U0001f469\u200d\U0001f680", None),
        (" ", "unseen"),
        ("\u2800\u200b", "unseen"),
        ("\u0301", "unseen"),
        ("Z" + "\u0351" * 5, "stacked"),
        ("Z" + "\u0351\u034f" * 5, "stacked"),
        ("two\nlines", "invalid"),
        ("\u202eadA", "invalid"),
    ],
)
def test_all_that_is_seen_is_a_name(name, flaw):
    assert name_flaw(name) == flaw
