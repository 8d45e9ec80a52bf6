"""Private networks that the settings open, to what operators have set."""

import pytest

from idp.core.settings.declared import ConfigurationError
from idp.ops.configuration import configure
from idp.security.outbound.client import Blocked, Fetched, Outbound
from idp.security.outbound.opened_networks import read_networks
from idp.security.outbound.settings import OutboundSettings
from tests.security.outbound.peers import Authority, answering, peer

NAME = "idp.corp.example"
URL = f"https://{NAME}/"
WIDE = ("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1")
DEVELOPMENT = {"IDP_ENVIRONMENT": "development"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def opening(*networks: str, to: list[list[str]], **options) -> Outbound:
    """A client with these networks; a name leads to each of ``to`` in turn."""
    answers = iter(to)
    return Outbound(
        networks=read_networks(networks),
        resolver=lambda _host, _port: next(answers),
        **options,
    )


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("10.20.0.0/16", "10.20.3.4"),
        ("192.168.7.9/32", "192.168.7.9"),
        ("100.64.0.0/10", "100.64.1.1"),
        ("fd12:3456::/32", "fd12:3456::7"),
        ("127.0.0.0/8", "127.0.0.1"),
        ("::1/128", "::1"),
    ],
)
def test_a_named_network_is_open_to_operators_and_to_nobody_else(network, address):
    outbound = opening(network, to=[[address], [address]])
    assert outbound.for_operators().check(URL) is None
    assert outbound.check(URL) == Blocked("address", NAME)


@pytest.mark.parametrize("address", ["10.21.0.1", "192.168.0.1", "127.0.0.1"])
def test_its_neighbours_stay_closed(address):
    operators = opening("10.20.0.0/16", to=[[address]]).for_operators()
    assert operators.check(URL) == Blocked("address", NAME)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fe80::1",
        "fe80::1%eth0",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "::ffff:10.20.0.1",
        "::ffff:169.254.169.254",
        "::ffff:127.0.0.1",
        "::10.20.0.1",
        "64:ff9b::a14:1",
        "64:ff9b:1::a14:1",
        "2002:a14:1::",
        "2001::1",
        "2130706433",
        "0x7f000001",
        "010.20.0.1",
        "10.20.1",
        "localhost",
    ],
)
def test_what_may_be_the_machine_itself_stays_closed_in_any_network(address):
    operators = opening(*WIDE, to=[[address]]).for_operators()
    assert operators.check(URL) == Blocked("address", NAME)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "[::ffff:7f00:1]"])
def test_hosts_in_other_spellings_are_judged_by_what_they_lead_to(host):
    operators = Outbound(networks=read_networks(["10.0.0.0/8"])).for_operators()
    found = operators.check(f"https://{host}/")
    assert isinstance(found, Blocked)


def test_http_stays_closed():
    operators = opening("10.20.0.0/16", to=[["10.20.0.1"]]).for_operators()
    assert operators.check(f"http://{NAME}/") == Blocked("url", NAME)


def test_one_address_outside_blocks_all():
    outside = ["10.20.0.1", "10.21.0.1"]
    operators = opening("10.20.0.0/16", to=[outside]).for_operators()
    assert operators.check(URL) == Blocked("address", NAME)


def test_a_name_that_leads_elsewhere_later_is_blocked():
    turns = [["10.20.0.1"], ["169.254.169.254"]]
    operators = opening("10.20.0.0/16", to=turns).for_operators()
    assert operators.check(URL) is None
    assert operators.get(URL) == Blocked("address", NAME)


def test_a_redirect_into_an_opened_network_is_not_followed(authority):
    trust = authority.client()
    with peer(answering(b"inner"), authority.server("inner.example")) as inner:
        location = f"Location: https://inner.example:{inner.port}/"
        talk = answering(b"", "302 Found", location)
        with peer(talk, authority.server(NAME)) as server:
            outbound = opening("127.0.0.0/8", to=[["127.0.0.1"]], trust=trust)
            url = f"https://{NAME}:{server.port}/"
            answer = outbound.for_operators().get(url)
    assert isinstance(answer, Fetched)
    assert answer.status == 302
    assert inner.requests == []


def test_another_deadline_opens_nothing_and_closes_nothing():
    outbound = opening("10.20.0.0/16", to=[["10.20.0.1"]] * 2)
    assert outbound.within(1).check(URL) == Blocked("address", NAME)
    assert outbound.for_operators().within(1).check(URL) is None


def test_authorities_of_a_file_are_believed_besides(authority, tmp_path):
    file = authority.write(tmp_path / "corp.pem")
    settings = configure(
        {
            **DEVELOPMENT,
            "IDP_OUTBOUND_CA_FILE": str(file),
            "IDP_OUTBOUND_NETWORKS": "127.0.0.1",
        }
    )[OutboundSettings]
    operators = Outbound.by_settings(settings).for_operators()
    with peer(answering(b"x"), authority.server("localhost")) as server:
        answer = operators.get(f"https://localhost:{server.port}/")
    assert isinstance(answer, Fetched)


@pytest.mark.parametrize(
    "value",
    [
        "10.0.0.1/8",
        "intranet",
        "0.0.0.0/0",
        "::/0",
        "169.254.0.0/16",
        "169.254.169.254",
        "fe80::/10",
        "fd00:ec2::254",
        "10.0.0.0/8 ff00::/8",
    ],
)
def test_what_cannot_be_opened_is_said_at_start(value):
    with pytest.raises(ConfigurationError, match="IDP_OUTBOUND_NETWORKS"):
        configure({**DEVELOPMENT, "IDP_OUTBOUND_NETWORKS": value})


def test_a_file_without_authorities_is_said_at_start(tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(ConfigurationError, match=f"IDP_OUTBOUND_CA_FILE.*{name}"):
            configure({**DEVELOPMENT, "IDP_OUTBOUND_CA_FILE": str(tmp_path / name)})
