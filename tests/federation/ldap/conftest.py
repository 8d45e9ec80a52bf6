"""A directory of the tests' own."""

from collections.abc import Iterator

import pytest

from idp.security.outbound.client import Outbound
from tests.federation.ldap.company import Company
from tests.federation.ldap.slapd import Slapd, slapd


@pytest.fixture(scope="session")
def running_slapd(tmp_path_factory) -> Iterator[Slapd]:
    """One directory for all tests of a worker."""
    with slapd(tmp_path_factory.mktemp("slapd")) as running:
        yield running


@pytest.fixture
def directory(app, running_slapd: Slapd) -> Slapd:
    """The directory without people, which the server may reach as in development."""
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=True)
    running_slapd.clear()
    return running_slapd


@pytest.fixture
def corp(app, make, directory: Slapd, another_browser) -> Company:
    """A company that has Ada in its directory."""
    return Company(app, make, directory=directory, new=another_browser)


@pytest.fixture
def ada(directory: Slapd) -> str:
    """Ada, by the name of her entry."""
    return directory.add_person("ada")
