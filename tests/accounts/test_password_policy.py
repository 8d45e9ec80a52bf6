import pytest

from idp.accounts.password_policy import password_problem, person_words

ADA = person_words(email="ada.lovelace@example.com", username="countess", name="Ada L")


def code(password, minimum=12):
    problem = password_problem(
        password, minimum=minimum, context=[*ADA, "Example Login"]
    )
    return problem and problem.code


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "k7fd-m2qp-x9wt",
        "nine quiet otters by the lake",
        "Пять тихих выдр у озера",
        "X$4k(9!m#Lp2",
        "x" * 3 + "zwölf Boxkämpfer jagen Viktor" * 8,
    ],
)
def test_passwords_that_take_long_to_guess_are_taken(password):
    assert code(password) is None


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("", "too_short"),
        ("elevenchars", "too_short"),
        ("x" * 257, "too_long"),
        ("aaaaaaaaaaaa", "repeats"),
        ("abababababab", "repeats"),
        ("hunter2hunter2", "repeats"),
        ("abcdefghijklmnop", "repeats"),
        ("210987654321098", "repeats"),
        ("ada.lovelace@example.com", "context"),
        ("ADA.LOVELACE-99", "context"),
        ("Countess-1234", "context"),
        ("Example Login 1", "context"),
        ("Password123456", "common"),
        ("qwertyuiop[]", "common"),
        ("1234567890!@#$%^", "common"),
        ("P@ssw0rdP@ssw0rd1", "common"),
    ],
)
def test_passwords_that_are_soon_guessed_are_refused_with_the_reason(password, refusal):
    assert code(password) == refusal


def test_length_is_counted_as_the_password_is_hashed():
    assert code("\ufb01" * 6, minimum=12) != "too_short"  # a ligature of two letters
    assert code("e\u0301" * 11, minimum=12) == "too_short"  # eleven letters, 22 points


def test_a_password_from_no_keyboard_is_judged_and_not_crashed_on():
    assert code("\ud800" + "correct horse battery staple") is None
    assert code("\x00" * 12) == "repeats"


def test_a_name_inside_a_long_passphrase_is_no_reason_to_refuse_it():
    assert code("countess of nine quiet otters") is None


def test_length_counts_what_is_hashed_and_not_what_is_typed():
    expands, joins = "\ufdfa" * 20, "e\u0301" * 140
    strong = "nine quiet otters by the lake"
    assert password_problem(strong + expands, minimum=12).code == "too_long"
    found = password_problem(strong + joins, minimum=12)
    assert found is None or found.code != "too_long"
