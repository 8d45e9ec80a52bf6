"""The commands beside a server."""

import json
import re
import subprocess
import sys

import pytest

from idp.cli.application import open_application
from idp.ops.first_start import prepare_database
from tests.databases import PostgresDatabases

CALLBACK = "https://app.example/cb"


def test_help_names_every_command_and_imports_none():
    code = (
        "import sys; from idp.cli import main; main(['--help'], standalone_mode=False);"
        "sys.exit('flask' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    for name in ("serve", "worker", "clients", "users", "keys", "settings", "db"):
        assert re.search(rf"^  {name} +\w", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "command", ["serve", "worker", "clients", "users", "keys", "settings", "db"]
)
def test_every_command_has_help(idp, command):
    assert "Usage: main" in idp(command, "--help").output


def test_mistakes_in_the_settings_are_lines_and_status_2(idp, monkeypatch):
    monkeypatch.setenv("IDP_LISSTEN", "x")
    monkeypatch.setenv("IDP_WORKERS", "many")
    result = idp("users", "list", status=2)
    assert result.stderr.splitlines() == [
        "The settings cannot be used:",
        "  IDP_LISSTEN: no such setting; did you mean IDP_LISTEN?",
        "  IDP_WORKERS: must be a whole number, not 'many'",
    ]


def test_settings_shows_values_and_sources_but_no_secret(idp, folder, monkeypatch):
    monkeypatch.setenv("IDP_WORKERS", "3")
    found = {row["name"]: row for row in json.loads(idp("settings", "--json").output)}
    workers = {"name": "IDP_WORKERS", "value": "3", "source": "environment"}
    assert found["IDP_WORKERS"] == {**workers, "where": "IDP_WORKERS"}
    assert found["IDP_ISSUER"]["value"] == "http://localhost:8123"
    assert found["IDP_SECRET_KEY"]["value"] == "********"
    shown = idp("settings").output
    assert (folder / "secret.key").read_text().strip() not in shown
    assert "IDP_WORKERS" in shown


def test_the_settings_page_does_not_depend_on_the_environment(idp, monkeypatch):
    page = idp("settings", "--markdown").output
    monkeypatch.setenv("IDP_WORKERS", "many")
    assert idp("settings", "--markdown").output == page
    assert "| `IDP_WORKERS` | number, at least 0 |" in page


def test_a_confidential_client_gets_a_secret_once(idp):
    created = json.loads(
        idp("clients", "create", "Notes", "--redirect-uri", CALLBACK).output
    )
    assert len(created["client_secret"]) == 43
    assert created["client_name"] == "Notes"
    shown = json.loads(idp("clients", "show", created["client_id"]).output)
    assert shown["redirect_uris"] == [CALLBACK]
    assert created["client_secret"] not in json.dumps(shown)
    listed = json.loads(idp("clients", "list", "--json").output)
    assert [row["client_id"] for row in listed] == [created["client_id"]]


def test_a_public_client_gets_no_secret(idp):
    made = idp("clients", "create", "SPA", "--public", "--redirect-uri", CALLBACK)
    assert "client_secret" not in json.loads(made.output)
    assert json.loads(made.output)["token_endpoint_auth_method"] == "none"


def test_a_redirect_uri_that_no_client_may_have_is_refused(idp):
    result = idp(
        "clients", "create", "X", "--redirect-uri", "http://a.example", status=2
    )
    assert "redirect_uris" in result.stderr
    assert idp("clients", "list").output == ""


def test_an_unknown_client_is_refused(idp):
    assert "no such client" in idp("clients", "show", "nobody", status=3).stderr


def test_a_user_gets_the_roles_that_there_are(idp):
    idp("users", "create", "a@example.com", "--role", "support", "--role", "auditor")
    (row,) = json.loads(idp("users", "list", "--json").output)
    assert row["roles"] == ["auditor", "support"]
    refused = idp("users", "create", "b@example.com", "--role", "admn", status=2)
    assert "'admn' is not one of 'owner', 'admin'" in refused.stderr


def test_a_user_gets_a_one_time_password(idp):
    made = idp("users", "create", "ada@example.com", "--username", "ada", "--admin")
    assert re.search(
        r"^One-time password: \w{4}-\w{4}-\w{4}$", made.output, re.MULTILINE
    )
    (row,) = json.loads(idp("users", "list", "--json").output)
    assert row["email"] == "ada@example.com"
    assert (row["username"], row["roles"]) == ("ada", ["admin"])
    assert row["email_verified"] is True
    assert "ada@example.com" in idp("users", "list").output


def test_a_password_that_was_given_is_never_printed(idp):
    made = idp(
        "users",
        "create",
        "ada@example.com",
        "--password-file",
        "-",
        given="correct horse battery\n",
    )
    assert "correct horse" not in made.output
    assert "One-time" not in made.output


def test_a_taken_address_is_refused(idp):
    idp("users", "create", "ada@example.com")
    refused = idp("users", "create", "Ada@Example.com", status=4)
    assert refused.stderr.count("already an account") == 1


def test_a_sign_in_link_leads_to_the_server_that_runs_here(idp):
    made = idp("users", "create", "ada@example.com", "--username", "ada").stdout
    user_id = made.partition("(")[2].partition(")")[0]
    for login in ("ada@example.com", "ada", user_id):
        url = idp("users", "link", login).stdout.strip()
        assert url.startswith("http://localhost:8123/auth/sign-in/token?token=")
    assert "nobody is bob" in idp("users", "link", "bob", status=3).stderr


def test_a_link_to_a_new_password_leads_to_the_server_that_runs_here(idp):
    idp("users", "create", "ada@example.com")
    url = idp("users", "link", "--new-password", "ada@example.com").stdout.strip()
    assert url.startswith("http://localhost:8123/password-reset?token=")


def test_keys_rotate_and_are_listed_with_their_state(idp, clock):
    idp("clients", "create", "Notes", "--redirect-uri", CALLBACK)

    def states() -> list[str]:
        listed = json.loads(idp("keys", "list", "--json").output)
        return [row["state"] for row in listed]

    before = states()
    assert set(before) == {"signing"}
    made = json.loads(idp("keys", "rotate", "--json").stdout)["kids"]
    listed = {row["kid"] for row in json.loads(idp("keys", "list", "--json").stdout)}
    assert made
    assert set(made) <= listed
    assert sorted(set(states())) == ["next", "signing"]
    idp("keys", "rotate", "--now")
    clock.tick(seconds=10)
    assert "published" in states()
    assert states().count("signing") == len(before)


def test_a_command_on_an_empty_database_says_what_to_run(
    idp, databases, tmp_path, monkeypatch
):
    if isinstance(databases, PostgresDatabases):
        url = databases.url("postgres")
    else:
        url = f"sqlite:///{tmp_path}/empty.sqlite3"
    monkeypatch.setenv("IDP_DATABASE_URL", url)
    assert "Run: idp db upgrade" in idp("users", "list", status=1).stderr


def test_a_database_that_is_none_is_said_in_words(idp, tmp_path, monkeypatch):
    (tmp_path / "text").write_text("This is no database, but a letter to one.")
    monkeypatch.setenv("IDP_DATABASE_URL", f"sqlite:///{tmp_path}/text")
    told = idp("db", "upgrade", status=1).stderr
    assert "The database refuses: file is not a database. Name another file" in told
    monkeypatch.setenv("IDP_DATABASE_URL", f"sqlite:///{tmp_path}/text/in-a-file")
    assert f"{tmp_path}/text" in idp("db", "upgrade", status=1).stderr


def test_db_upgrade_names_the_revision(idp):
    assert re.search(r"revision \d{4}_\w+\.$", idp("db", "upgrade").output.strip())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis://127.0.0.1:1/0?colour=blue", "colour"),
        ("redis://127.0.0.1:1/cache", "the number of the database"),
        ("redis+sentinel://127.0.0.1:1", "the name of the primary"),
        ("memcached://127.0.0.1:1", "must start with"),
    ],
)
def test_a_redis_that_will_never_do_is_told_at_start(idp, monkeypatch, url, words):
    monkeypatch.setenv("IDP_REDIS_URL", url)
    told = idp("serve", "--dev", status=2).output
    assert "IDP_REDIS_URL" in told
    assert words in told


def test_a_lost_secret_is_given_up_after_it_is_said_what_is_lost(idp, folder):
    with open_application().app_context():
        prepare_database()
    assert "the old one may go" in idp("secrets", "reseal").output
    assert "nothing is lost" in idp("secrets", "recover", status=1).output
    (folder / "secret.key").write_text("another secret".ljust(43, "!"))
    told = idp("secrets", "recover", status=1).output
    assert "2 signing keys" in told
    assert "--yes" in told
    assert "idp keys list" in idp("secrets", "recover", "--yes").output
    assert json.loads(idp("secrets", "reseal", "--json").output)["left"] == 0
    assert "next" not in idp("keys", "rotate", "--now").output


def test_a_command_with_another_secret_is_refused(idp, folder):
    with open_application().app_context():
        prepare_database()
    (folder / "secret.key").write_text("another secret".ljust(43, "!"))
    told = idp("keys", "rotate", status=1).output
    assert "IDP_SECRET_KEY is not the secret of this database" in told
