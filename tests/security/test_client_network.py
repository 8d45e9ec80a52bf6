import pytest

from idp.security.client_network import Proxies


@pytest.fixture
def proxies():
    return Proxies(("10.0.0.0/8", "2001:db8::/32"))


def test_a_header_from_a_stranger_is_ignored(proxies):
    assert proxies.client_address("203.0.113.9", "198.51.100.1") == "203.0.113.9"


def test_the_nearest_address_that_is_no_proxy_counts(proxies):
    forwarded = "192.0.2.66, 198.51.100.1, 10.0.0.7"
    assert proxies.client_address("10.0.0.2", forwarded) == "198.51.100.1"


def test_what_a_client_wrote_in_front_does_not_count(proxies):
    assert proxies.client_address("10.0.0.2", "127.0.0.1, 198.51.100.1") == (
        "198.51.100.1"
    )


def test_addresses_of_version_six_are_brought_to_their_usual_form(proxies):
    assert proxies.client_address("2001:db8::1", "2001:0DB9::0001") == "2001:db9::1"


@pytest.mark.parametrize(
    "forwarded", ["unknown", "_hidden", "", "1.2.3.4:99", "\u0663"]
)
def test_a_hop_that_is_no_address_falls_back_to_the_peer(proxies, forwarded):
    assert proxies.client_address("10.0.0.2", forwarded) == "10.0.0.2"


def test_a_chain_of_proxies_alone_gives_the_peer(proxies):
    assert proxies.client_address("10.0.0.2", "10.0.0.3, 10.0.0.4") == "10.0.0.2"
