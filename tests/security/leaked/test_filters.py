"""Filters of leaked passwords: what a list has is always found."""

import hashlib
import secrets
from pathlib import Path

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from idp.security import leaked
from idp.security.leaked.filters import InvalidFilter, LeakFilter, build
from idp.security.leaked.settings import _check_filter

WORDS = ["password", "Pa ssw0rd", "пароль123", "  spaces  ", "a:b"]


def made(tmp_path, content: bytes) -> LeakFilter:
    (tmp_path / "list").write_bytes(content)
    build(tmp_path / "list", tmp_path / "made")
    return LeakFilter.open(tmp_path / "made")


def test_all_of_a_list_is_found_and_next_to_nothing_else(tmp_path):
    numbers = [f"{number:06d}" for number in range(20_000)]
    found = made(tmp_path, "\n".join(numbers).encode())
    assert found.passwords == 20_000
    assert all(number in found for number in numbers)
    assert sum(secrets.token_hex(8) in found for _ in range(20_000)) <= 2
    assert (tmp_path / "made").stat().st_size < 20_000 * 4


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_is_a_password_as_it_is(tmp_path, end):
    found = made(tmp_path, (end.join(WORDS) + end + end).encode())
    assert found.passwords == len(WORDS)
    assert all(word in found for word in WORDS)
    assert "spaces" not in found
    assert "" not in found


def test_bytes_that_are_no_text_stop_nothing(tmp_path):
    found = made(tmp_path, b"caf\xe9\npassword\n")
    assert found.passwords == 2
    assert "password" in found


@pytest.mark.parametrize("times", ["", ":3912", ":1"])
def test_a_list_may_have_hashes(tmp_path, times):
    hashed = hashlib.sha1("пароль123".encode()).hexdigest()
    for spelled in (hashed, hashed.upper()):
        assert "пароль123" in made(tmp_path, f"{spelled}{times}\n".encode())


def test_an_empty_list_has_nothing(tmp_path):
    assert "password" not in made(tmp_path, b"")


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "longer", "magic"])
def test_what_is_no_filter_is_not_opened(tmp_path, damage):
    made(tmp_path, b"password\nqwerty\n").held.close()
    whole = (tmp_path / "made").read_bytes()
    (tmp_path / "made").write_bytes(
        {
            "empty": b"",
            "text": b"password\nqwerty\n" * 9,
            "cut": whole[:-1],
            "longer": whole + b"x",
            "magic": b"X" + whole[1:],
        }[damage]
    )
    with pytest.raises(InvalidFilter):
        LeakFilter.open(tmp_path / "made")
    assert "idp passwords build" in _check_filter(str(tmp_path / "made"))


def test_a_file_that_is_missing_is_said(tmp_path):
    assert "No such file" in _check_filter(str(tmp_path / "nothing"))


def test_the_filter_that_ships_is_of_the_list_that_its_licence_names(tmp_path):
    (tmp_path / "list").write_text("\n".join(FREQUENCY_LISTS["passwords"]))
    build(tmp_path / "list", tmp_path / "made")
    folder = Path(*leaked.__path__)
    assert (folder / "worst.filter").read_bytes() == (tmp_path / "made").read_bytes()
    assert "zxcvbn-python" in (folder / "worst.LICENSE.txt").read_text()
