import pytest

from idp.core import hashing
from idp.core.errors import Overloaded
from idp.core.hashing import HashingSettings, PasswordHashes

CHEAP = HashingSettings(argon2_memory_kib=8, argon2_iterations=1)


@pytest.fixture
def pool():
    return PasswordHashes(CHEAP, at_once=2)


def test_the_default_cost_is_the_floor_that_owasp_names():
    assert (
        PasswordHashes(HashingSettings())
        .hash("x")
        .startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    )


def test_a_password_fits_its_own_hash_only(pool):
    encoded = pool.hash("correct horse battery staple")
    assert pool.verify(encoded, "correct horse battery staple")
    assert not pool.verify(encoded, "correct horse battery stapler")


def test_keyboards_that_compose_characters_differently_type_the_same_password(pool):
    assert pool.verify(pool.hash("cafe\u0301 au lait"), "caf\u00e9 au lait")


def test_nothing_is_cut_off_a_long_password(pool):
    encoded = pool.hash("a" * 255 + "b")
    assert not pool.verify(encoded, "a" * 255 + "c")


def test_a_password_above_256_characters_is_refused_before_hashing(pool):
    long = "a" * 257
    assert not pool.verify(pool.hash(long), long)


def test_without_a_hash_the_answer_is_no_for_every_password(pool):
    assert not pool.verify(None, "nobody has this password")


def test_a_broken_hash_is_no_match_and_no_error(pool):
    assert not pool.verify("$argon2id$broken", "x")


def test_a_hash_of_other_parameters_asks_to_be_made_again(pool):
    assert not pool.needs_rehash(pool.hash("x"))
    assert PasswordHashes(HashingSettings()).needs_rehash(pool.hash("x"))


def test_any_text_can_be_hashed(pool):
    assert pool.verify(pool.hash("\ud800 \0"), "\ud800 \0")


def test_a_full_queue_answers_overloaded_instead_of_waiting_on(pool, monkeypatch):
    monkeypatch.setattr(hashing, "MAX_WAIT_SECONDS", 0.01)
    with pool._slot(), pool._slot(), pytest.raises(Overloaded) as refused:
        pool.hash("x")
    assert refused.value.retry_after_seconds == 2
