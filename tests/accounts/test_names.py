import pytest

from idp.accounts.names import (
    canonical_email,
    email_key,
    email_problem,
    name_problem,
    username_key,
    username_problem,
)


def code(problem):
    return problem and problem.code


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com",
        "Ada.Lovelace+notes@example.co.uk",
        "o'brien@example.com",
        "ada@bücher.example",
        "用户@例子.广告",
        "ada@localhost",
        "ada@intranet.local",
        "ada@app.test",
    ],
)
def test_addresses_that_mail_can_reach_are_taken(address):
    assert email_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "@example.com",
        "ada@a",
        "ada@-example.com",
        "ada@[127.0.0.1]",
        '"a b"@example.com',
        "ada@example.com,eve@example.com",
        "ada@example.com;eve@example.com",
        "Ada <ada@example.com>",
        "ada@example.com\nBcc: eve@example.com",
        "ada\x00@example.com",
        "ada@ex\u200bample.com",
        "a\u034fda@example.com",
        "ada\ufe0f@example.com",
        "\u202eada@example.com",
        "\ud800@example.com",
        "\uff41da@example.com",
        "a" * 65 + "@example.com",
    ],
)
def test_anything_but_one_plain_address_is_refused(address):
    assert code(email_problem(address)) == "invalid"


@pytest.mark.parametrize(
    "typed",
    [
        "\ufeffada@example.com\u200b",
        " a\u00adda@ex\u2060ample.com\u200e",
        "ada\uff20example\u3002com",
        "ada\ufe0f@example.com",
    ],
)
def test_an_address_is_what_is_seen_of_it(typed):
    assert canonical_email(typed) == "ada@example.com"
    assert email_key(typed) == "ada@example.com"


def test_an_address_whose_key_would_not_fit_is_refused():
    assert code(email_problem("a" * 64 + "@" + "b" * 300 + ".com")) == "too_long"
    assert code(email_problem("\ufdfa" * 20 + "@example.com")) == "too_long"


def test_addresses_are_one_whatever_their_case():
    assert email_key(" Ada@EXAMPLE.com") == email_key("ada@example.com")


@pytest.mark.parametrize(
    "username",
    ["ada", "Ada.L-x_9", "x", "日本カナ", "नमस्ते", "ßeta", "محمد\u200c٢١"],
)
def test_usernames_of_one_script_are_taken(username):
    assert username_problem(username) is None


@pytest.mark.parametrize(
    ("username", "refusal"),
    [
        ("-ada", "invalid"),
        ("ada.", "invalid"),
        ("..", "invalid"),
        ("a b", "invalid"),
        ("ada@example", "invalid"),
        ("ada\x00", "invalid"),
        ("\u115f", "invalid"),
        ("\ud800", "invalid"),
        ("\u0430dmin", "mixed_scripts"),
        ("a" * 65, "too_long"),
        ("\ufdfa" * 10, "too_long"),
    ],
)
def test_usernames_that_deceive_or_do_not_fit_are_refused(username, refusal):
    assert code(username_problem(username)) == refusal


@pytest.mark.parametrize(
    "twin", ["ADMIN", "\uff21dmin", " admin ", "ad\u200dmin\ufeff"]
)
def test_usernames_that_look_alike_are_one(twin):
    assert username_key(twin) == username_key("admin")


def test_folding_a_username_twice_changes_nothing():
    for username in ("\ufb01ne", "\u0130stanbul", "\u1e9e", "\u03a3\u03c2"):
        assert username_key(username_key(username)) == username_key(username)


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "Ngũgĩ wa Thiong'o", "李 小龙", "X Æ A-12"]
)
def test_nearly_all_text_is_a_name(name):
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["Ada\x00", "Ada\nEve", "\u202eadA", "\ud800"])
def test_names_that_cannot_be_shown_are_refused(name):
    assert code(name_problem(name)) == "invalid"
