"""Settings: where they come from, and what stops a start."""

import sys

import pytest

from idp.core.settings.declared import ConfigurationError
from idp.core.settings.server import ServerSettings
from idp.mail.settings import MailSettings
from idp.ops.configuration import configure, configure_command

SECRET = "a-secret-of-at-least-thirty-two-characters"
PRODUCTION = {
    "IDP_ISSUER": "https://login.example.com",
    "IDP_SECRET_KEY": SECRET,
    "IDP_MAIL_URL": "smtp://localhost:25",
}
PG = "postgresql://"
DEVELOPMENT = {"IDP_ENVIRONMENT": "development"}

MODES = "open, approval, waitlist, invite, closed"


def problems(environ, overrides=None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        configure(environ, overrides)
    return [str(problem) for problem in caught.value.problems]


def test_three_settings_are_enough_for_production():
    server = configure(PRODUCTION)[ServerSettings]
    assert not server.development
    assert server.secret_key == (SECRET,)


def test_development_needs_no_setting():
    loaded = configure(DEVELOPMENT)
    assert loaded[ServerSettings].issuer == "http://localhost:8000"
    assert loaded[MailSettings].mail_url == "outbox:"
    assert loaded[ServerSettings].demo


def test_all_mistakes_are_shown_at_once():
    found = problems(
        {
            **PRODUCTION,
            "IDP_ISSUER": "http://login.example.com",
            "IDP_WORKERS": "many",
            "IDP_REGISTRATION": "opne",
            "IDP_LISSTEN": "127.0.0.1:1",
        }
    )
    assert found == [
        "IDP_LISSTEN: no such setting; did you mean IDP_LISTEN?",
        "IDP_WORKERS: must be a whole number, not 'many'",
        f"IDP_REGISTRATION: must be one of {MODES}, not 'opne'; did you mean open?",
    ]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("IDP_ISSUER", "", "IDP_ISSUER: is needed in production"),
        ("IDP_ISSUER", "http://login.example.com", "IDP_ISSUER: must be https"),
        ("IDP_ISSUER", "https://a.example/path", "IDP_ISSUER: must end after the host"),
        ("IDP_ISSUER", "https://a.example:443", "IDP_ISSUER: must leave out :443"),
        ("IDP_ISSUER", "https://a.example:x", "IDP_ISSUER: must be a URL like"),
        ("IDP_ISSUER", "https://a.example.", "IDP_ISSUER: must be a host name of"),
        ("IDP_ISSUER", "https://a_b.example", "IDP_ISSUER: must be a host name of"),
        ("IDP_ISSUER", "https://bücher.example", "IDP_ISSUER: must be written as bro"),
        ("IDP_SECRET_KEY", "", "IDP_SECRET_KEY: is needed in production"),
        ("IDP_SECRET_KEY", "short", "IDP_SECRET_KEY: key 1 has 5 characters, not 32"),
        ("IDP_MAIL_URL", "", "IDP_MAIL_URL: is needed in production"),
        ("IDP_MAIL_URL", "console:", "IDP_MAIL_URL: would show or keep live links"),
        ("IDP_MAIL_URL", "outbox:", "IDP_MAIL_URL: would show or keep live links"),
        ("IDP_TRUSTED_PROXIES", "0.0.0.0/0", "IDP_TRUSTED_PROXIES: 0.0.0.0/0 would"),
        ("IDP_TRUSTED_PROXIES", "::/0", "IDP_TRUSTED_PROXIES: ::/0 would trust"),
        ("IDP_DEMO", "true", "IDP_DEMO: the demo app is for development only"),
        ("IDP_DATABASE_URL", "sqlite:///", "IDP_DATABASE_URL: must name a file"),
        ("IDP_DATABASE_URL", "sqlite:///a?b=c", "IDP_DATABASE_URL: takes no options"),
        ("IDP_DATABASE_URL", f"{PG}a:1,b:2/n", "IDP_DATABASE_URL: must name each of"),
        ("IDP_DATABASE_URL", f"{PG}a:x/n", "IDP_DATABASE_URL: must have numbers"),
        ("IDP_DATABASE_URL", f"{PG}a/n?b=c", "IDP_DATABASE_URL: has options that"),
        ("IDP_REDIS_URL", "redis+sentinel://a:1/b?c=d", "IDP_REDIS_URL: takes no opt"),
        (
            "IDP_BOOTSTRAP_ADMIN_PASSWORD",
            "changeme",
            "IDP_BOOTSTRAP_ADMIN_PASSWORD: is a default password",
        ),
    ],
)
def test_production_refuses(name, value, problem):
    (found,) = problems({**PRODUCTION, name: value})
    assert found.startswith(problem)


def test_what_is_not_installed_is_named_with_the_extra_that_has_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setitem(sys.modules, "redis", None)
    wanted = {"IDP_DATABASE_URL": f"{PG}a/n", "IDP_REDIS_URL": "redis://a"}
    found = "\n".join(problems({**PRODUCTION, **wanted}))
    assert "pip install 'idp-server[postgres]'" in found
    assert "pip install 'idp-server[redis]'" in found


@pytest.mark.parametrize(
    "listen",
    ["8000", "127.0.0.1", ":8000", "127.0.0.1:0", "127.0.0.1:65536", "here:80"],
)
def test_an_address_that_nobody_can_listen_on_is_refused(listen):
    (found,) = problems({**PRODUCTION, "IDP_LISTEN": listen})
    assert found.startswith("IDP_LISTEN: must ")


def test_a_port_alone_is_told_how_it_is_written_with_a_host():
    (found,) = problems({**PRODUCTION, "IDP_LISTEN": "9450"})
    assert "write 127.0.0.1:9450, or 0.0.0.0:9450" in found


@pytest.mark.parametrize("listen", ["localhost:80", "0.0.0.0:80", "[::1]:80", "::1:80"])
def test_an_address_of_this_machine_can_be_listened_on(listen):
    assert configure({**PRODUCTION, "IDP_LISTEN": listen})


def test_an_empty_variable_counts_as_not_given():
    server = configure({**PRODUCTION, "IDP_LISTEN": "", "IDP_WORKERS": ""})
    assert server[ServerSettings].listen == "127.0.0.1:8000"
    assert server.sources["listen"] == "default"


def test_variables_that_kubernetes_makes_for_a_service_called_idp_are_ignored():
    kubernetes = {
        "IDP_PORT": "tcp://10.0.0.1:80",
        "IDP_PORT_80_TCP": "tcp://10.0.0.1:80",
        "IDP_SERVICE_HOST": "10.0.0.1",
        "IDP_SERVICE_PORT_HTTP": "80",
    }
    assert configure({**PRODUCTION, **kubernetes})


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    environ = {**PRODUCTION, "IDP_SECRET_KEY_FILE": str(file)}
    del environ["IDP_SECRET_KEY"]
    assert configure(environ)[ServerSettings].secret_key == (SECRET,)


def test_a_secret_file_beside_the_secret_itself_is_ambiguous(tmp_path):
    file = tmp_path / "key"
    file.write_text(SECRET)
    (found,) = problems({**PRODUCTION, "IDP_SECRET_KEY_FILE": str(file)})
    assert found == "IDP_SECRET_KEY_FILE: IDP_SECRET_KEY is set too"


def test_a_secret_file_that_is_missing_is_named(tmp_path):
    environ = {**DEVELOPMENT, "IDP_SECRET_KEY_FILE": str(tmp_path / "nothing")}
    (found,) = problems(environ)
    assert "IDP_SECRET_KEY_FILE: cannot read" in found


def test_only_secrets_can_come_from_files():
    (found,) = problems({**PRODUCTION, "IDP_LISTEN_FILE": "/tmp/x"})
    assert found.startswith("IDP_LISTEN_FILE: no such setting")


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path):
    file = tmp_path / "idp.toml"
    file.write_text('listen = "127.0.0.1:1"\nworkers = 3\nthreads = 7\n')
    environ = {
        **PRODUCTION,
        "IDP_CONFIG_FILE": str(file),
        "IDP_LISTEN": "127.0.0.1:2",
        "IDP_WORKERS": "5",
    }
    loaded = configure(environ, {"listen": "127.0.0.1:3"})
    server = loaded[ServerSettings]
    assert (server.listen, server.workers, server.threads) == ("127.0.0.1:3", 5, 7)
    assert loaded.sources["listen"] == "command line"
    assert loaded.sources["workers"] == "IDP_WORKERS"
    assert loaded.sources["threads"] == f"{file}:3 threads"


def test_a_mistake_in_the_file_is_shown_with_its_line(tmp_path):
    file = tmp_path / "idp.toml"
    file.write_text('issuer = "https://a.example"\n\n[session]\nidel_seconds = 5\n')
    (found,) = problems({**PRODUCTION, "IDP_CONFIG_FILE": str(file)})
    assert found == (
        f"{file}:4 session_idel_seconds: no such setting; "
        "did you mean session_idle_seconds?"
    )


def test_a_file_that_is_no_toml_is_named(tmp_path):
    file = tmp_path / "idp.toml"
    file.write_text("issuer =\n")
    (found,) = problems({**PRODUCTION, "IDP_CONFIG_FILE": str(file)})
    assert found.startswith(f"{file}: cannot be read: ")


def test_a_command_beside_a_development_server_takes_over_its_issuer(tmp_path):
    (tmp_path / "development").write_text("http://localhost:9000\n")
    server = configure_command({"IDP_DATA_DIR": str(tmp_path)})[ServerSettings]
    assert server.development
    assert server.issuer == "http://localhost:9000"


def test_a_command_obeys_the_environment_before_the_mark(tmp_path):
    (tmp_path / "development").write_text("http://localhost:9000\n")
    environ = {**PRODUCTION, "IDP_ENVIRONMENT": "production"}
    server = configure_command({**environ, "IDP_DATA_DIR": str(tmp_path)})
    assert not server[ServerSettings].development


@pytest.mark.parametrize(
    "value", ["https://a.example", "A.example", "a.example:8443", "a..example", "a b"]
)
def test_an_rp_id_is_a_host(value):
    (found,) = problems({**PRODUCTION, "IDP_WEBAUTHN_RP_ID": value})
    assert found.startswith("IDP_WEBAUTHN_RP_ID: must be a host like example.com")


@pytest.mark.parametrize(
    "value",
    ["a.example", "http://a.example", "https://a.example/", "https://A.example", "*"],
)
def test_origins_of_passkeys_are_origins(value):
    given = f"https://login.example.com, {value}"
    (found,) = problems({**PRODUCTION, "IDP_WEBAUTHN_ORIGINS": given})
    assert found.startswith("IDP_WEBAUTHN_ORIGINS: ")
    assert repr(value) in found


def test_origins_of_passkeys_have_that_of_our_own_pages():
    given = {"IDP_WEBAUTHN_ORIGINS": "https://other.example.com"}
    (found,) = problems({**PRODUCTION, **given})
    assert found.startswith("IDP_WEBAUTHN_ORIGINS: must have the issuer")


def test_an_rp_id_may_be_a_host_that_the_server_has_left():
    moved = {"IDP_WEBAUTHN_RP_ID": "old.example"}
    assert configure({**PRODUCTION, **moved})
