"""Which text can be stored, and which is one line of it."""

import pytest

from idp.core.text import is_line, is_storable


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
