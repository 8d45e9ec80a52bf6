import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.core.sealing import Keyring, SealBroken

OLD, NEW = "an-old-secret-of-32-characters-00", "a-new-secret-of-32-characters-000"


@given(st.binary(max_size=2000), st.text(max_size=40))
def test_what_was_sealed_for_a_row_opens_for_that_row(plaintext, row):
    keyring = Keyring((NEW,))
    assert (
        keyring.open(keyring.seal(plaintext, bound_to=row), bound_to=row) == plaintext
    )


def test_sealed_bytes_do_not_open_in_another_row():
    keyring = Keyring((NEW,))
    sealed = keyring.seal(b"seed", bound_to="totp:1")
    with pytest.raises(SealBroken):
        keyring.open(sealed, bound_to="totp:2")


def test_every_configured_key_opens_and_the_first_one_seals():
    sealed_before = Keyring((OLD,)).seal(b"seed", bound_to="row")
    rotated = Keyring((NEW, OLD))
    assert rotated.open(sealed_before, bound_to="row") == b"seed"
    assert not sealed_before.startswith(rotated.newest_id)
    assert rotated.seal(b"seed", bound_to="row").startswith(rotated.newest_id)


def test_a_key_that_was_taken_away_opens_nothing():
    sealed = Keyring((OLD,)).seal(b"seed", bound_to="row")
    with pytest.raises(SealBroken):
        Keyring((NEW,)).open(sealed, bound_to="row")


def test_two_seals_of_one_value_differ():
    keyring = Keyring((NEW,))
    sealed = {keyring.seal(b"seed", bound_to="row") for _ in range(20)}
    assert len(sealed) == 20


@given(st.binary(max_size=80))
def test_any_bytes_that_are_no_seal_are_refused(noise):
    with pytest.raises(SealBroken):
        Keyring((NEW,)).open(noise, bound_to="row")


def test_a_mac_proves_one_message_for_one_purpose():
    keyring = Keyring((NEW,))
    mac = keyring.mac("csrf", "browser")
    assert keyring.genuine("csrf", "browser", presented=mac)
    assert not keyring.genuine("csrf", "another", presented=mac)
    assert not keyring.genuine("refresh", "browser", presented=mac)


def test_macs_of_an_older_key_stay_genuine_until_it_is_removed():
    mac = Keyring((OLD,)).mac("csrf", "browser")
    assert Keyring((NEW, OLD)).genuine("csrf", "browser", presented=mac)
    assert not Keyring((NEW,)).genuine("csrf", "browser", presented=mac)


@given(st.text(max_size=60))
def test_no_text_makes_the_check_of_a_mac_fail(presented):
    assert Keyring((NEW,)).genuine("csrf", "browser", presented=presented) is False
