"""Opened networks are for what operators have set, and not for what owners have."""

from ipaddress import ip_network

from idp.security.outbound.client import Outbound
from idp.security.outbound.reach import public_addresses_alone

OFFICE = ip_network("10.0.0.0/8")


def test_within_public_addresses_alone_no_opened_network_is_reached():
    outbound = Outbound(networks=(OFFICE,))
    with public_addresses_alone():
        assert outbound.for_operators().opened == ()
        with public_addresses_alone(when=False):
            assert outbound.for_operators().opened == ()
    assert outbound.for_operators().opened == (OFFICE,)
