import pytest

from idp.security.client_network import SILENT_REQUESTS, Proxies


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
    "forwarded", ["unknown", "_hidden", "", "1.2.3.4:99:1", "[::1", "\u0663"]
)
def test_a_hop_that_is_no_address_falls_back_to_the_peer(proxies, forwarded):
    assert proxies.client_address("10.0.0.2", forwarded) == "10.0.0.2"


def test_a_chain_of_proxies_alone_gives_the_peer(proxies):
    assert proxies.client_address("10.0.0.2", "10.0.0.3, 10.0.0.4") == "10.0.0.2"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("198.51.100.1:40112", "198.51.100.1"),
        ("[2001:db9::7]:40112", "2001:db9::7"),
        ("[2001:db9::7]", "2001:db9::7"),
        ("198.51.100.1:40112, 10.0.0.9:99", "198.51.100.1"),
    ],
)
def test_a_port_beside_an_address_is_left_out(proxies, forwarded, client):
    assert proxies.client_address("10.0.0.2", forwarded) == client


def test_an_address_of_version_four_is_one_also_in_a_socket_of_version_six(proxies):
    assert proxies.client_address("::ffff:203.0.113.9", None) == "203.0.113.9"
    assert proxies.client_address("::ffff:10.0.0.2", "::ffff:198.51.100.1") == (
        "198.51.100.1"
    )


def test_a_proxy_that_is_not_trusted_is_said_once_with_the_setting(proxies, caplog):
    for number in range(3):
        proxies.client_address(f"192.168.0.{number}", "198.51.100.1")
    [said] = caplog.records
    assert (said.peer, said.setting) == ("192.168.0.0", "IDP_TRUSTED_PROXIES")


def test_a_trusted_proxy_that_never_tells_an_address_is_said_once(proxies, caplog):
    for _ in range(3 * SILENT_REQUESTS):
        proxies.client_address("10.0.0.2", None)
    [said] = caplog.records
    assert "X-Forwarded-For" in said.message


def test_a_proxy_that_tells_addresses_may_ask_for_itself(proxies, caplog):
    proxies.client_address("10.0.0.2", "198.51.100.1")
    for _ in range(3 * SILENT_REQUESTS):
        proxies.client_address("10.0.0.2", None)
    assert caplog.records == []


def test_of_a_stranger_who_writes_the_header_nothing_is_said(proxies, caplog):
    assert proxies.client_address("9.9.9.9", "198.51.100.1") == "9.9.9.9"
    assert proxies.client_address("9.9.9.9", None) == "9.9.9.9"
    assert caplog.records == []
