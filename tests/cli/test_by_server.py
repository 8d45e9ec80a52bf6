"""``--server URL --api-key-file F``: a running server does what the machine would."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from idp.accounts.access.permissions import Permission
from idp.cli import main
from tests.cli.machine import Running, settings_of
from tests.cli.reads import ADA, READS
from tests.serving import serving

GRACE = "grace@example.com"
API, CALLBACK = "https://api.example", "https://app.example/cb"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A server with two users, and a file with a key that may do everything."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder) as server:
        machine = Running(server.url, server.demo_url, folder)
        for address in (ADA, GRACE):
            machine.run("users", "create", address)
        allowed = [f"--permission={each}" for each in Permission]
        made = machine.run("api-keys", "create", "script", "--dangerous", *allowed)
        (folder / "key.txt").write_text(made)
        yield machine


@pytest.fixture
def idp(running):
    """Run a command at the server, on a machine that has none of its settings."""

    def run(*arguments, status=0, url=running.url, key="key.txt"):
        where = ["--server", url, "--api-key-file", str(running.folder / key)]
        nothing = dict.fromkeys(settings_of(running.folder))
        result = CliRunner().invoke(main, [*arguments, *where], env=nothing)
        assert result.exit_code == status, result.output
        return result.output

    return run


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_what_is_read_is_printed_as_it_is_on_the_machine(idp, running, command):
    here, there = running.run(*command), idp(*command)
    if command[0] == "api-keys":  # the key itself was used meanwhile
        here, there = (
            [(k["id"], k["state"]) for k in json.loads(t)] for t in (here, there)
        )
    assert there == here


def test_a_domain_is_named_described_changed_and_given_up(idp, running):
    running.run("orgs", "create", "Acme")
    of = ("orgs", "domains")
    named = json.loads(idp(*of, "add", "acme", "Corp.Example"))
    assert json.loads(running.run(*of, "show", "acme", "corp.example")) == named
    assert idp(*of, "list", "acme") == running.run(*of, "list", "acme")
    idp(*of, "verify", "acme", "corp.example", "--mail", "admin")
    changed = idp(*of, "update", "acme", "corp.example", "--no-auto-join")
    assert json.loads(changed) == named | {"auto_join": False}
    idp(*of, "remove", "acme", "corp.example")
    assert idp(*of, "list", "acme", "--json").strip() == "[]"


def test_a_user_is_named_by_any_proven_address(idp, running):
    running.run("users", "create", "first@example.com")
    with sqlite3.connect(running.folder / "idp-data" / "idp.sqlite3") as database:
        database.execute(
            "INSERT INTO user_emails SELECT 'f', id, 'Second@example.com',"
            " 'second@example.com', created_at, 0, created_at"
            " FROM users WHERE email = 'first@example.com'"
        )
    database.close()
    for run in (idp, running.run):
        listed = json.loads(run("users", "disable", "second@EXAMPLE.com", "--json"))
        assert listed["email"] == "first@example.com"


def test_people_are_invited_into_an_organization_whose_roles_are_named(idp, running):
    running.run("orgs", "create", "Inviting")
    roles, invites = ("orgs", "own-roles"), ("orgs", "invites")
    said = idp(*roles, "set", "inviting", "billing", "--permission", "pay")
    assert json.loads(said) == {"name": "billing", "permissions": ["pay"]}
    assert idp(*roles, "list", "inviting") == running.run(*roles, "list", "inviting")
    options = (GRACE, "--role", "member", "--role", "billing", "--link", "--json")
    [made] = json.loads(idp(*invites, "create", "inviting", *options))
    assert "/invite?token=" in made["url"]
    idp(*roles, "remove", "inviting", "billing")
    refused = idp(*invites, "resend", "inviting", made["id"], status=2)
    assert "billing" in refused
    idp(*invites, "withdraw", "inviting", made["id"])
    said = idp(*invites, "list", "inviting")
    assert "withdrawn" in said
    assert said == running.run(*invites, "list", "inviting")


def test_users_are_disabled_enabled_and_given_roles(idp, running):
    listed = json.loads(idp("users", "disable", ADA, "--json"))
    assert listed in json.loads(running.run("users", "list", "--json"))
    assert listed["status"] == "disabled"
    assert idp("users", "enable", ADA) == f"{ADA} is active.\n"
    given = json.loads(idp("users", "roles", ADA, "--give", "support", "--json"))
    assert given["roles"] == ["support"]
    assert given in json.loads(running.run("users", "list", "--json"))
    idp("users", "roles", ADA, "--take", "support")
    assert json.loads(idp("users", "sessions", "end", ADA, "--json"))["ended"] == 0
    for act in ("reset", "unlock"):
        said = idp("users", "factors", act, ADA)
        assert said == running.run("users", "factors", act, ADA)


def test_apis_are_registered_changed_and_deleted(idp, running, tmp_path):
    options = ("--name", "Notes API", "--scope", "read=Read your notes")
    made = idp("apis", "create", API, *options, "--access-token-seconds", "300")
    assert made == running.run("apis", "show", API) == idp("apis", "show", API)
    assert "Notes API" in idp("apis", "list")
    idp("apis", "create", API, status=4)
    (tmp_path / "scopes.json").write_text('["read", {"name": "write"}]')
    scopes = ("--scopes", str(tmp_path / "scopes.json"))
    changed = json.loads(idp("apis", "update", API, *scopes, "--signing-alg", "RS256"))
    assert [scope["name"] for scope in changed["scopes"]] == ["read", "write"]
    assert (changed["name"], changed["signing_alg"]) == ("Notes API", "RS256")
    assert changed["access_token_seconds"] == 300
    undone = idp("apis", "update", API, "--signing-alg", "")
    assert undone == running.run("apis", "show", API)
    assert json.loads(idp("apis", "delete", API, "--yes"))["deleted"]
    idp("apis", "show", API, status=3)
    idp("apis", "delete", API, "--yes", status=3)


def test_clients_are_registered_changed_and_deleted(idp, running, tmp_path):
    running.run("apis", "create", API, "--scope", "read", "--scope", "write")
    running.run("groups", "create", "Editors")
    (tmp_path / "more.json").write_text('{"contacts": ["a@example.com"]}')
    options = (
        *("--redirect-uri", CALLBACK, "--api", f"{API} read", "--client-id", "notes"),
        *("--metadata", str(tmp_path / "more.json"), "--allow", "group:Editors"),
    )
    made = json.loads(idp("clients", "create", "Notes", *options))
    assert made["client_secret"]
    here = json.loads(running.run("clients", "create", "B", "--redirect-uri", CALLBACK))
    assert list(made) == list(here)
    assert idp("clients", "show", "notes") == running.run("clients", "show", "notes")
    assert idp("clients", "disable", "notes") == running.run("clients", "show", "notes")
    assert not json.loads(idp("clients", "enable", "notes"))["disabled"]
    options = ("--name", "Memos", "--no-apis", "--first-party", "--allow-everyone")
    changed = idp("clients", "update", "notes", *options)
    assert changed == running.run("clients", "show", "notes")
    told = json.loads(changed)
    assert (told["client_name"], told["first_party"]) == ("Memos", True)
    assert (told["redirect_uris"], told["contacts"]) == ([CALLBACK], ["a@example.com"])
    secret = json.loads(idp("clients", "rotate-secret", "notes", "--overlap", "60"))
    assert secret["client_secret"] != made["client_secret"]
    assert secret["others_expire_at"]
    assert json.loads(idp("clients", "delete", "notes", "--yes"))["deleted"]
    idp("clients", "show", "notes", status=3)
    running.run("apis", "delete", API, "--yes")


def test_what_is_wrong_with_a_client_is_said_as_on_the_machine(idp, tmp_path):
    said = idp("clients", "create", "Notes", status=2)
    assert "redirect_uris: is needed" in said
    (tmp_path / "typo.json").write_text('{"redirect_uri": "https://app.example"}')
    options = ("--metadata", str(tmp_path / "typo.json"))
    typo = idp("clients", "create", "Notes", *options, status=2)
    assert "did you mean redirect_uris?" in typo


def test_a_key_makes_no_key(idp, running):
    before = idp("api-keys", "list", "--json")
    options = ("--permission", "users.read")
    said = idp("api-keys", "create", "second", *options, status=1)
    assert "An API key makes no API keys" in said
    assert len(json.loads(idp("api-keys", "list", "--json"))) == len(json.loads(before))


def test_users_are_made_with_a_password_for_once(idp, running, tmp_path):
    options = ("--username", "edsger", "--role", "auditor", "--admin", "--json")
    made = json.loads(idp("users", "create", "edsger@example.com", *options))
    assert made.pop("one_time_password")
    assert made in json.loads(running.run("users", "list", "--json"))
    assert (made["roles"], made["email_verified"]) == (["admin", "auditor"], True)
    idp("users", "create", "edsger@example.com", status=4)
    (tmp_path / "password").write_text("an honest long passphrase\n")
    options = ("--password-file", str(tmp_path / "password"), "--unverified")
    said = idp("users", "create", "barbara@example.com", *options)
    assert said.startswith("Created barbara@example.com (")
    assert "password" not in said
    running.run("users", "delete", "edsger@example.com", "--yes")


def test_a_user_gets_a_link_is_reset_and_deleted(idp, running):
    running.run("users", "create", "alan@example.com")
    link = json.loads(idp("users", "link", "alan@example.com", "--json"))
    assert "/auth/sign-in/token?token=" in link["url"]
    said = idp("users", "link", "alan@example.com", "--new-password")
    assert "/password-reset?token=" in said
    said = idp("users", "reset", "alan@example.com")
    assert said == "A link to a new password is on its way to alan@example.com.\n"
    deleted = json.loads(idp("users", "delete", "alan@example.com", "--yes", "--json"))
    assert deleted == json.loads(
        running.run("users", "delete", "alan@example.com", "--yes", "--json")
    )
    assert deleted["status"] == "deleting"
    idp("users", "link", "alan@example.com", status=4)


def test_attributes_and_scopes_are_made_changed_and_deleted(idp, running):
    made = idp("attributes", "create", "team", "--claim", "team", "--label", "de=G")
    assert made == running.run("attributes", "show", "team")
    changed = idp("attributes", "update", "team", "--required-at", "register")
    assert changed == running.run("attributes", "show", "team")
    told = ("--description", "See your team", "--claim", "team")
    assert idp("scopes", "create", "hr", *told) == running.run("scopes", "show", "hr")
    renamed = idp("scopes", "update", "hr", "--claim", "email")
    assert renamed == running.run("scopes", "show", "hr")
    assert json.loads(idp("scopes", "delete", "hr", "--yes"))["deleted"]
    idp("users", "create", "alonzo@example.com", "--attribute", "team=7")
    assert json.loads(idp("attributes", "delete", "team", "--yes"))["values"] == 1
    idp("scopes", "show", "hr", status=3)
    idp("attributes", "show", "team", status=3)


def test_groups_are_made_filled_and_deleted(idp, running):
    made = idp("groups", "create", "Staff", "--description", "All")
    assert made == running.run("groups", "show", "Staff")
    assert json.loads(idp("groups", "add", "staff", ADA, GRACE))["member_count"] == 2
    idp("groups", "remove", "Staff", GRACE)
    renamed = idp("groups", "update", "Staff", "--name", "People")
    assert renamed == running.run("groups", "show", "People")
    assert [m["email"] for m in json.loads(renamed)["members"]] == [ADA]
    idp("groups", "create", "People", status=4)
    assert json.loads(idp("groups", "delete", "People", "--yes"))["deleted"]
    idp("groups", "show", "People", status=3)


def test_providers_are_set_up_changed_ordered_and_deleted(idp, running, tmp_path):
    (tmp_path / "secret").write_text("hush hush\n")
    secret = ("--client-id", "us", "--client-secret-file", str(tmp_path / "secret"))
    made = idp("providers", "create", "gh", "--preset", "github", *secret)
    assert made == running.run("providers", "show", "gh")
    idp("providers", "create", "gh", "--preset", "github", *secret, status=4)
    tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    options = ("--preset", "microsoft", "--tenant", tenant, *secret)
    running.run("providers", "create", "work", *options)
    changed = idp("providers", "update", "work", "--domain", "a.example", "--enforced")
    assert changed == running.run("providers", "show", "work")
    assert json.loads(changed)["domains"] == ["a.example"]
    ordered = idp("providers", "order", "work", "gh")
    assert ordered == running.run("providers", "order", "work", "gh")
    assert idp("providers", "disable", "gh") == running.run("providers", "show", "gh")
    (tmp_path / "here.json").write_text('{"token_endpoint": "https://169.254.1.1/"}')
    idp("providers", "update", "gh", "--members", str(tmp_path / "here.json"), *secret)
    for as_json in ((), ("--json",)):
        tested = idp("providers", "test", "gh", *as_json, status=1)
        assert "private network" in tested
        listed = idp("providers", "list", *as_json)
        assert listed == running.run("providers", "list", *as_json)
    assert json.loads(idp("providers", "enable", "gh"))["disabled_at"] is None
    for provider_id in ("gh", "work"):
        assert json.loads(idp("providers", "delete", provider_id, "--yes"))["deleted"]
    idp("providers", "show", "gh", status=3)
    idp("providers", "order", "gh", status=3)


def test_people_are_invited_and_invites_withdrawn(idp, running):
    [made] = json.loads(idp("invites", "create", "new@example.com", "--link", "--json"))
    assert "/invite?token=" in made["url"]
    again = idp("invites", "resend", made["id"])
    assert again == "Mailed new@example.com.\n"
    assert idp("invites", "withdraw", made["id"]) == f"Withdrew {made['id']}.\n"
    idp("invites", "withdraw", made["id"], status=4)
    [left] = json.loads(running.run("invites", "list", "--json"))
    assert (left["email"], left["state"]) == ("new@example.com", "withdrawn")


def test_policies_are_decided(idp, running):
    decided = idp("policies", "set", "max_sessions", "5", "--json")
    assert json.loads(decided)["value"] == 5
    (row,) = [
        row
        for row in json.loads(running.run("policies", "list", "--json"))
        if row["key"] == "max_sessions"
    ]
    assert row == json.loads(decided)
    assert (
        json.loads(idp("policies", "unset", "max_sessions", "--json"))["value"] is None
    )
    idp("policies", "set", "max_sessions", "0", status=2)


def test_the_server_gets_a_name(idp, running):
    told = idp("branding", "set", "--name", "Acme")
    assert running.run("branding", "show") == told


def test_a_key_is_revoked(idp, running):
    running.run("api-keys", "create", "old", "--permission", "users.read")
    old = json.loads(idp("api-keys", "list", "--json"))[0]
    assert idp("api-keys", "revoke", old["id"]) == f"Revoked {old['id']}.\n"
    idp("api-keys", "revoke", old["id"], status=3)


def test_signing_keys_are_rotated(idp):
    assert json.loads(idp("keys", "rotate", "--json"))["kids"]
    assert "published already" in idp("keys", "rotate", status=4)


def test_a_signing_key_is_revoked(idp):
    signing = {
        key["kid"]: key["algorithm"]
        for key in json.loads(idp("keys", "list", "--json"))
        if key["state"] == "signing" and key["algorithm"] == "RS256"
    }
    (kid,) = signing
    told = idp("keys", "revoke", kid)
    assert told.startswith(f"Revoked {kid}.\n")
    assert told.endswith(" signs now.\n")
    idp("keys", "revoke", "-h-unknown", status=3)


def test_the_audit_names_the_key(idp, running):
    idp("users", "disable", GRACE)
    (row, *_) = json.loads(
        running.run("audit", "search", "--event", "admin.action", "--json")
    )
    assert row["actor"].startswith("api_key:")


def test_a_key_without_the_permission_is_refused(idp, running):
    weak = running.run("api-keys", "create", "weak", "--permission", "users.read")
    (running.folder / "weak.txt").write_text(weak)
    assert "role does not allow" in idp("groups", "list", key="weak.txt", status=1)
    (running.folder / "wrong.txt").write_text("idpk_" + "x" * 43)
    idp("groups", "list", key="wrong.txt", status=1)


def test_what_waits_is_dropped_sent_again_and_not_found(idp, running):
    running.run("users", "reset", ADA)
    for command in ("mail drop", "mail resend", "deliveries replay"):
        idp(*command.split(), "0" * 32, status=3)
    idp("deliveries", "test", "nobody", status=3)


def test_who_does_not_exist_is_not_found(idp):
    said = idp("users", "disable", "nobody@example.com", status=3)
    assert "nobody is nobody@example.com" in said


def test_a_server_that_is_not_there_cannot_be_reached(idp):
    assert "cannot be reached" in idp(
        "groups", "list", url="http://127.0.0.1:1", status=5
    )


def test_something_else_than_the_api_is_no_server(idp, running):
    idp("groups", "list", url=running.demo_url, status=5)


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example",
        "idp.example",
        "ftp://localhost",
        "https://a:b@c",
        "https://idp.example:99999",
        "https://[idp",
    ],
)
def test_the_key_goes_nowhere_in_the_open(idp, url):
    said = idp("groups", "list", url=url, status=2)
    assert "Error: --server" in said or "Error: Without TLS" in said


@pytest.mark.parametrize("text", ["", "two words", None])
def test_a_file_without_a_key_is_a_mistake(idp, running, text):
    if text is not None:
        (running.folder / "empty.txt").write_text(text)
    name = "missing.txt" if text is None else "empty.txt"
    idp("groups", "list", key=name, status=2)


def test_both_options_go_together():
    result = CliRunner().invoke(
        main, ["groups", "list", "--server", "https://a.example"]
    )
    assert result.exit_code == 2


def test_what_acts_on_the_machine_alone_takes_no_server(idp):
    alone = ("serve", "worker", "db migrate", "openapi", "settings", "passwords build")
    restored = ("secrets reseal", "secrets recover", "revoke-since 2026-03-01")
    for command in (*alone, *restored):
        idp(*command.split(), status=2)
