"""Seed files: what they declare is so afterwards, again and again."""

import json

import pytest
from sqlalchemy import func, select

from idp.accounts.groups.members import group_names
from idp.accounts.models import User
from idp.accounts.users import find_by_login
from idp.core.db import db
from idp.core.hashing import passwords
from idp.core.settings.declared import ConfigurationError
from idp.federation.providers.cache import list_providers
from idp.federation.providers.secrets import open_secret
from idp.oauth.clients.access.changes import describe_people
from idp.oauth.clients.cache import find_client
from idp.oauth.models import Client, ClientSecret
from idp.ops.seed import read_seed
from tests.api.callers import Program, bearer, declined

SEED = """
[[users]]
email = "ada@example.com"
username = "ada"
password = "correct horse battery staple"
email_verified = true
roles = ["admin"]
given_name = "Ada"
address = { locality = "London" }

[[users]]
email = "bob@example.com"
password = "bob's own long password"

[[clients]]
client_id = "notes"
client_secret = "a secret for development"
client_name = "Notes"
application_type = "web"
token_endpoint_auth_method = "client_secret_basic"
redirect_uris = ["http://localhost:9101/cb"]
post_logout_redirect_uris = ["http://localhost:9101/"]
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile email offline_access"
id_token_signed_response_alg = "RS256"
require_pkce = true
first_party = false
"""


def problems(seed, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        seed(text)
    return [str(item).partition("seed.toml: ")[2] for item in caught.value.problems]


def test_declared_users_and_clients_exist_afterwards(seed, app):
    seed(SEED)
    with app.app_context():
        ada, bob = find_by_login("ada"), find_by_login("bob@example.com")
        assert passwords().verify(ada.password_hash, "correct horse battery staple")
        assert ada.email_verified_at
        assert ada.roles == ["admin"]
        assert ada.given_name == "Ada"
        assert ada.address == {"locality": "London"}
        assert bob.email_verified_at is None
        assert bob.roles == []
        notes = find_client("notes")
        assert notes.redirect_uris == ("http://localhost:9101/cb",)
        assert notes.check_client_secret("a secret for development")


def test_applying_a_seed_again_changes_nothing(seed, app):
    def rows():
        with app.app_context():
            models = (User.id, User.password_hash, Client.updated_at, ClientSecret.id)
            return [db.session.scalars(select(column)).all() for column in models]

    seed(SEED)
    before = rows()
    seed(SEED)
    assert rows() == before


def test_a_name_is_made_of_its_parts(seed, app):
    seed(SEED)
    with app.app_context():
        assert find_by_login("ada").name == "Ada"
    seed(SEED.replace('"Ada"', '"Ada"\nfamily_name = "King"'))
    with app.app_context():
        assert find_by_login("ada").name == "Ada King"


def test_what_is_declared_otherwise_is_brought_into_line(seed, app):
    seed(SEED)
    seed(
        SEED.replace("correct horse battery", "another horse battery")
        .replace("email_verified = true", "email_verified = false")
        .replace('roles = ["admin"]', "roles = []")
        .replace("9101/cb", "9102/cb")
        .replace("a secret for development", "another secret")
    )
    with app.app_context():
        ada = find_by_login("ada")
        assert passwords().verify(ada.password_hash, "another horse battery staple")
        assert ada.email_verified_at is None
        assert ada.roles == []
        notes = find_client("notes")
        assert notes.redirect_uris == ("http://localhost:9102/cb",)
        assert notes.check_client_secret("another secret")
        assert not notes.check_client_secret("a secret for development")


@pytest.mark.parametrize("role", ['"admn"', '"Admin"', "1"])
def test_a_role_that_is_none_is_refused(seed, role):
    wrong = f"""
    [[users]]
    email = "ada@example.com"
    roles = ["support", {role}]
    """
    (line,) = problems(seed, wrong)
    assert line.startswith("[[users]] 1: roles: There is no role ")


def test_a_role_that_is_none_is_refused_to_users_that_exist(seed):
    given = """
    [[users]]
    email = "ada@example.com"
    roles = ["owner"]
    """
    seed(given)
    (line,) = problems(seed, given.replace("owner", "ownr"))
    assert line.startswith("[[users]] 1: roles: There is no role ownr.")


def test_everything_wrong_with_the_shape_is_shown_at_once(seed):
    wrong = """
    [[users]]
    emial = "a@example.com"
    roles = "admin"
    [[users]]
    email = 5
    [[people]]
    """
    assert problems(seed, wrong) == [
        "no such list: people",
        "[[users]] 1: email: must be given",
        "[[users]] 1: emial: no such field; did you mean email?",
        "[[users]] 1: roles: must be a list",
        "[[users]] 2: email: must be text",
    ]


def test_everything_that_the_rules_refuse_is_shown_at_once_and_nothing_is_kept(
    seed, app
):
    wrong = (
        SEED
        + """
    [[users]]
    email = "not an address"
    [[users]]
    email = "eve@example.com"
    username = "ada"
    [[clients]]
    client_id = "evil"
    token_endpoint_auth_method = "none"
    redirect_uris = ["javascript:alert(1)"]
    """
    )
    found = problems(seed, wrong)
    assert [line.partition(": ")[0] for line in found] == [
        "[[users]] 3",
        "[[users]] 4",
        "[[clients]] 2",
    ]
    assert found[0].startswith("[[users]] 3: email: ")
    assert found[2].startswith("[[clients]] 2: redirect_uris")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_a_file_that_is_no_toml_or_is_missing_is_named(seed, tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        seed("[[users]")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_seed(tmp_path / "nothing.toml")


def test_secrets_of_a_seed_are_not_kept_in_clear(seed, app):
    seed(SEED)
    with app.app_context():
        (row,) = db.session.scalars(select(ClientSecret)).all()
        client = db.session.get(Client, "notes")
        assert "a secret" not in row.digest + json.dumps(client.registered)


APIS = """
[[apis]]
identifier = "https://api.example"
name = "Notes API"
access_token_seconds = 300
signing_alg = "RS256"
scopes = [
  { name = "read", description = { en = "Read notes", de = "Deine Notizen lesen" } },
  { name = "write", description = "Write notes" },
]

[[apis]]
identifier = "urn:other"
name = "Another"

[[clients]]
client_id = "job"
client_secret = "a secret for development"
grant_types = ["client_credentials"]
apis = [{ identifier = "https://api.example", scopes = ["read"] }, "urn:other"]
default_resource = "https://api.example"
"""


def test_declared_apis_exist_afterwards_and_clients_may_ask_for_them(seed, app):
    for _ in range(2):
        seed(APIS)
    with app.app_context():
        job = find_client("job")
        api = job.apis["https://api.example"]
        assert (api.name, api.signing_alg, api.access_token_seconds) == (
            "Notes API",
            "RS256",
            300,
        )
        assert api.allowed == {"read"}
        assert api.describe("read", language="de") == "Deine Notizen lesen"
        assert api.describe("write", language="de") == "Write notes"
        assert "urn:other" in job.apis


def test_what_a_declaration_of_apis_gets_wrong_is_said(seed):
    wrong = """
[[apis]]
identifier = "https://api.example"
scope = "read"

[[apis]]
identifier = "https://idp.example/account"

[[clients]]
client_id = "job"
grant_types = ["client_credentials"]
apis = ["urn:unknown"]
"""
    assert problems(seed, wrong) == [
        "[[apis]] 1: scope: not supported",
        "[[apis]] 2: identifier: belongs to this server itself",
        "[[clients]] 1: apis: no API is registered as 'urn:unknown'",
    ]


def test_another_password_closes_what_the_old_one_opened(seed, http, make):
    make.clients.spa()
    seed(SEED)
    program = Program(http)
    body = {"login": "ada@example.com", "password": "correct horse battery staple"}
    tokens = program.post("/auth/login", body).json
    program.post("/auth/password-reset/email", {"email": "ada@example.com"})
    link = make.records.mail_to("ada@example.com").token
    seed(SEED)
    assert program.get("/auth/me", headers=bearer(tokens)).status_code == 200
    seed(SEED.replace("correct horse", "another horse"))
    assert program.get("/auth/me", headers=bearer(tokens)).status_code == 401
    old = {"refresh_token": tokens["refresh_token"]}
    assert program.post("/auth/refresh", old).status_code == 401
    body = {"token": link, "password": "seven loud geese in the rain"}
    assert declined(program.post("/auth/password-reset", body)) == "token_invalid"


GROUPS = """
[[groups]]
name = "ops"
description = "Servers"
members = ["ada", "bob@example.com"]

[[clients]]
client_id = "grafana"
client_name = "Grafana"
redirect_uris = ["http://localhost:9102/cb"]
access = { groups = ["ops"] }
app_roles = [{ name = "Admin", users = ["ada@example.com"] }, "Viewer"]
"""


def test_groups_and_who_may_use_a_client_are_declared(seed, app):
    seed(SEED + GROUPS)
    seed(SEED + GROUPS)
    with app.app_context():
        assert group_names(find_by_login("bob@example.com").id) == ["ops"]
        client = db.session.get_one(Client, "grafana")
        described = describe_people(client)
    assert described["access"]["groups"] == ["ops"]
    assert [role["name"] for role in described["app_roles"]] == ["Admin", "Viewer"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 7", "name: must be given"),
        ('name = "a,b"', "name: must have no comma"),
        ('name = "ops"\ncolour = "red"', "colour: not supported"),
        ('name = "ops"\nmembers = ["eve"]', "members: there is no user 'eve'"),
        ('name = "ops"\nmembers = "ada"', "members: must be a list"),
    ],
)
def test_what_is_wrong_with_a_group_stops_the_start(seed, text, words):
    with pytest.raises(ConfigurationError) as refused:
        seed(f"[[groups]]\n{text}\n")
    assert words in str(refused.value)


PROVIDERS = """
[[providers]]
id = "google"
preset = "google"
client_id = "us-at-google"
client_secret = { env = "GOOGLE_SECRET" }
domains = ["acme.example"]

[[providers]]
id = "work"
preset = "microsoft"
tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
client_id = "us-at-microsoft"
client_secret = "hush"
disabled = true
"""


def test_declared_providers_are_set_up_and_again_it_changes_nothing(
    seed, app, make, monkeypatch
):
    monkeypatch.setenv("GOOGLE_SECRET", "hush hush")
    for _ in range(2):
        seed(PROVIDERS)
    with app.app_context():
        google, work = list_providers()
        assert (google.issuer, google.domains) == (
            "https://accounts.google.com",
            ("acme.example",),
        )
        assert open_secret(google) == "hush hush"
        assert work.disabled
    assert len(make.records.audited_details("provider.created")) == 2
    assert len(make.records.audited_details("provider.changed")) == 1


def test_what_a_declaration_of_providers_gets_wrong_is_said(seed):
    wrong = """
[[providers]]
id = "google"
preset = "google"
client_secret = { env = "NOWHERE_SET" }

[[providers]]
id = "acme"
name = "Acme"
issuer = "http://acme.example"
client_id = "us"
client_secret = "hush"
scopes = ["openid"]
"""
    with pytest.raises(ConfigurationError) as refused:
        seed(wrong)
    told = [str(problem) for problem in refused.value.problems]
    assert "there is no variable NOWHERE_SET" in told[0]
    assert "issuer: must be an address that begins with https://" in told[1]
