"""Asking a real directory: who somebody is, and what strangers cannot make it say."""

import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from idp.core.clock import utcnow
from idp.federation.ldap.asking import DirectoryFailed
from idp.federation.ldap.asking import ask as lookup
from idp.federation.ldap.lookup import look_around, verify
from idp.federation.ldap.settings import Directory, DirectoryServer
from idp.security.outbound.client import Outbound
from idp.security.outbound.targets import HostPort
from tests.federation.ldap.slapd import ADMIN, BASE, PASSWORD, SECRET
from tests.security.outbound.peers import answering, peer
from tests.serving import free_ports


@pytest.fixture
def corp(directory):
    """The directory as an operator has set it up."""
    said = directory.options()
    return Directory(
        servers=(
            DirectoryServer(HostPort("localhost", directory.secure_port), True, False),
        ),
        base_dn=said["base_dn"],
        bind_dn=ADMIN,
        password=SECRET,
        group_base_dn=said["group_base_dn"],
        group_attribute="cn",
        ca=said["ca"],
    )


def at(corp: Directory, port: int, *, host="localhost", secure=True, plain=False):
    server = DirectoryServer(HostPort(host, port), secure, plain)
    return replace(corp, servers=(server,))


@pytest.fixture
def ask(app):
    def asked(directory, login="ada", password=PASSWORD):
        with app.app_context():
            return verify(directory, login=login, password=password)

    return asked


def reason_of(ask, directory) -> tuple[str, str]:
    with pytest.raises(DirectoryFailed) as failed:
        ask(directory)
    return failed.value.step.value, failed.value.reason


def test_the_right_password_finds_the_entry_and_its_groups(ask, corp, directory):
    dn = directory.add_person("ada")
    directory.add_group("engineers", dn)
    directory.add_group("others")
    for login in ("ada", "ada@corp.example"):
        entry = ask(corp, login)
        assert entry.dn == dn
        assert entry.texts("MAIL") == ("ada@corp.example",)
        assert entry.texts("entryUUID")
        assert entry.groups == ("engineers",)


def test_start_tls_comes_before_any_password(ask, corp, directory):
    directory.add_person("ada")
    assert ask(at(corp, directory.port, secure=False))


def test_a_plain_connection_is_for_this_machine(ask, corp, directory, app):
    directory.add_person("ada")
    plain = at(corp, directory.port, secure=False, plain=True)
    assert ask(plain)
    app.extensions["idp"][Outbound] = Outbound()
    assert reason_of(ask, plain) == ("connect", "blocked_address")


@pytest.mark.parametrize(
    "password", ["wrong", "", "\0", "\ud800", PASSWORD + "\0", PASSWORD[:-1]]
)
def test_any_other_password_is_refused(ask, corp, directory, password):
    directory.add_person("ada")
    assert ask(corp, password=password) is None


def test_an_empty_password_reaches_no_server(ask, corp):
    assert ask(at(corp, 9), password="") is None


@pytest.mark.parametrize(
    "login",
    [
        "*",
        "a*",
        "ada)(uid=*",
        "*)(objectClass=*",
        "ada))(|(uid=*",
        "\\2a",
        "ada\\00",
        "{dn}",
        "{login}",
        "ada,ou=people",
        "(",
        "nobody",
        "ädä",
        "x" * 5000,
    ],
)
def test_what_is_typed_is_a_value_and_no_filter(ask, corp, directory, login):
    directory.add_person("ada")
    assert ask(corp, login) is None


def test_names_with_signs_of_filters_and_names_are_found(ask, corp, directory):
    dn = directory.add_person("eve*(x)\\2c", cn="a,b+c")
    directory.add_group("signs", dn)
    entry = ask(corp, "eve*(x)\\2c")
    assert entry.groups == ("signs",)


def test_two_entries_of_one_login_are_nobody(ask, corp, directory):
    directory.add_person("ada")
    directory.add_person("eve", mail="ada@corp.example")
    assert ask(corp, "ada@corp.example") is None


def test_groups_may_be_listed_by_the_entry(ask, corp, directory):
    directory.add_person("ada", title="engineers")
    listed = replace(corp, group_base_dn="", group_attribute="title")
    assert ask(listed).groups == ("engineers",)


def test_referrals_lead_nowhere(ask, corp, directory):
    with peer(answering(b"")) as elsewhere, directory.connected() as admin:
        dn = f"cn=elsewhere,ou=people,{BASE}"
        ref = f"ldap://127.0.0.1:{elsewhere.port}/{BASE}"
        admin.add(dn, ["referral", "extensibleObject"], {"cn": "elsewhere", "ref": ref})
        directory.add_person("ada")
        assert ask(corp)
        assert ask(corp, "nobody") is None
    assert elsewhere.requests == []


def test_a_certificate_is_checked(ask, corp, directory):
    port = directory.secure_port
    assert reason_of(ask, at(corp, port, host="127.0.0.1")) == ("tls", "tls_name")
    assert reason_of(ask, replace(corp, ca="")) == ("tls", "tls_authority")
    other = at(replace(corp, ca=""), directory.port, secure=False)
    assert reason_of(ask, other) == ("tls", "tls_authority")


def test_an_expired_certificate_is_refused(ask, corp, directory):
    expired = directory.authority.server("localhost", ended=utcnow() - timedelta(1))
    with peer(answering(b""), expired) as server:
        assert reason_of(ask, at(corp, server.port)) == ("tls", "tls_expired")
    assert server.requests == []


def test_a_port_without_tls_is_said(ask, corp, directory):
    assert reason_of(ask, at(corp, directory.port)) == ("tls", "tls_absent")


def test_a_server_that_is_away_is_said(ask, corp):
    port, _ = free_ports()
    assert reason_of(ask, at(corp, port)) == ("connect", "connection")


def test_a_server_that_never_answers_is_left(ask, corp, monkeypatch):
    monkeypatch.setattr("idp.federation.ldap.asking.DEADLINE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        step, reason = reason_of(ask, at(corp, port, secure=False, plain=True))
    assert (step, reason) == ("bind", "timeout")


def test_the_next_server_is_asked_where_one_is_away(ask, corp, directory):
    directory.add_person("ada")
    away = DirectoryServer(HostPort("localhost", 9), True, False)
    assert ask(replace(corp, servers=(away, *corp.servers)))


def test_the_next_server_is_asked_where_one_never_answers(
    ask, corp, directory, monkeypatch
):
    monkeypatch.setattr("idp.federation.ldap.asking.DEADLINE_SECONDS", 1.0)
    directory.add_person("ada")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        first = DirectoryServer(HostPort("localhost", port), True, False)
        assert ask(replace(corp, servers=(first, *corp.servers)))


def test_who_has_no_name_is_not_taken_for_nobody(app, corp, directory):
    with app.app_context():
        found = lookup(corp, lambda asking: asking.connection.bind("", PASSWORD))
    assert not found


def test_an_address_inside_is_asked_only_where_it_is_opened(ask, corp, app, directory):
    app.extensions["idp"][Outbound] = Outbound()
    assert reason_of(ask, corp) == ("connect", "blocked_address")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "wrong"}, ("bind", "bind")),
        ({"password": ""}, ("bind", "bind")),
        ({"base_dn": f"ou=nowhere,{BASE}"}, ("search", "base")),
        ({"group_base_dn": f"ou=nowhere,{BASE}"}, ("groups", "base")),
        ({"user_filter": "(&(uid={login})"}, ("search", "filter")),
    ],
)
def test_a_test_says_which_step_failed(app, corp, changed, said):
    with app.app_context():
        look_around(corp)
        with pytest.raises(DirectoryFailed) as failed:
            look_around(replace(corp, **changed))
    assert (failed.value.step.value, failed.value.reason) == said
