"""Opened networks are for what operators have set, and not for what owners have."""

from ipaddress import ip_network

from idp.security.outbound.client import Outbound
from idp.security.outbound.reach import public_addresses_alone
from idp.security.outbound.targets import HostPort

OFFICE = ip_network("10.0.0.0/8")


def test_within_public_addresses_alone_only_named_hosts_may_lie_in_opened_networks():
    outbound = Outbound(networks=(OFFICE,))
    sso, mail = HostPort("sso.corp.example", 443), HostPort("mail.corp.example", 443)
    assert not outbound.reaches_opened(sso)
    assert outbound.for_operators().reaches_opened(sso)
    with public_addresses_alone(but=[sso]):
        with public_addresses_alone(when=False):
            assert outbound.for_operators().reaches_opened(sso)
            assert not outbound.for_operators().reaches_opened(mail)
        with public_addresses_alone(but=[mail]):
            within = outbound.for_operators()
            assert not within.reaches_opened(sso)
            assert not within.reaches_opened(mail)
        at_another_port = HostPort(sso.host, 8443)
        assert not outbound.for_operators().reaches_opened(at_another_port)
    assert not within.reaches_opened(sso)
    assert outbound.for_operators().reaches_opened(mail)
