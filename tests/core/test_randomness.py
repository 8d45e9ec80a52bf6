from idp.core.randomness import (
    digest,
    new_digits,
    new_id,
    new_password,
    new_token,
    same,
)


def test_tokens_carry_256_bits_and_never_repeat():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {43}


def test_ids_sort_in_the_order_they_were_made():
    first = new_id()
    later = [new_id() for _ in range(50)]
    assert all(len(made) == 32 for made in later)
    assert all(first[:12] <= made[:12] for made in later)
    assert len(set(later)) == 50


def test_codes_keep_their_leading_zeros():
    assert {len(new_digits(6)) for _ in range(2000)} == {6}


def test_a_one_time_password_can_be_read_aloud():
    password = new_password()
    assert [len(group) for group in password.split("-")] == [4, 4, 4]
    assert not set(password) & set("il1o0")


def test_a_digest_is_sha_256_in_hex():
    assert digest("abc").startswith("ba7816bf8f01cfea")
    assert len(digest("")) == 64


def test_comparison_takes_any_text():
    assert same("é", "é")
    assert not same("é", "e")
