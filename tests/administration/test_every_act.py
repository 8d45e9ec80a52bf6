"""Role by act by face: the permission table holds on pages, by REST and by command."""

import re
from importlib import import_module

import click
import pytest

from idp.accounts.access.permissions import OPERATOR, Permission, Role
from idp.administration.api_keys import WantedKey, create_api_key
from idp.cli import COMMANDS as GROUPS_OF_COMMANDS
from idp.cli import main
from idp.cli.application import BY_SERVER
from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.accounts.access.wanted import WANTED
from tests.administration.acts import CALLS, COMMANDS, NOTHING_YET, PAGES
from tests.api.callers import Program, bearer
from tests.hosted_pages import ORIGIN
from tests.issuer import ISSUER, IssuerClient
from tests.oauth.calls import client_credentials

ADMINISTRATION = ("/admin/", "/api/users", "/api/accounts", "/api/admin/")
NOT_ACTS = ("/admin/outbox",)
# Commands that begin, describe or migrate a server and act in none.
OF_THE_MACHINE = {
    "serve",
    "worker",
    "settings",
    "revoke-since",
    "secrets",
    "db",
    "openapi",
    "passwords",
}
HELD = {role: sorted(name for name in WANTED if role in WANTED[name]) for role in Role}
NOBODY = "0" * 32
NAMES = (
    "api_id",
    "attribute_key",
    "session_id",
    "client_id",
    "delivery_id",
    "feature",
    "group_id",
    "invite_id",
    "key_id",
    "kid",
    "mail_id",
    "organization_id",
    "place_id",
    "provider_id",
    "reference",
    "scope_name",
    "secret_id",
    "token_id",
)
NOTHING = dict.fromkeys(NAMES, NOBODY)


@pytest.fixture
def app(app):
    """The app with the key that signs access tokens."""
    app.test_client_class = IssuerClient
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    return app


@pytest.fixture
def other(make):
    """Return a function that makes somebody who has no role."""
    return lambda: make.users.account(username=None)


def by_sign_in(app, make, role) -> Program:
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(make.users.account(roles=[role]))
    return program


def by_key(app, _make, role) -> Program:
    with app.app_context():
        wanted = WantedKey("script", HELD[role], dangerous=True)
        text = create_api_key(wanted, held=OPERATOR).text
        db.session.commit()
    program = Program(app.test_client(use_cookies=False))
    program.headers = {"Authorization": f"Bearer {text}"}
    return program


def by_token(app, make, role) -> Program:
    scope = " ".join(f"admin:{name}" for name in HELD[role])
    client = make.clients.machine_client(scope=scope)
    program = Program(app.test_client(use_cookies=False))
    answer = client_credentials(program.client, client, resource=f"{ISSUER}/admin")
    program.headers = bearer(answer.json)
    return program


def filled(rule: str, values: dict[str, str]) -> str:
    """Return the path of a route with its values."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule)


def sent_by(program, call, *, path: str):
    """Send a call: its body as JSON, or a file as it is."""
    if isinstance(call.body, bytes):
        headers = {"Content-Type": "image/svg+xml"}
        return program.send(call.method, path, data=call.body, headers=headers)
    return program.send(call.method, path, call.body)


def refused(call, answer) -> bool:
    """Tell whether a caller was told that this is nothing for them."""
    if (call.method, call.path) == ("POST", "/api/users"):
        # whoever signs up needs a password
        return answer.status_code in (400, 403)
    if answer.status_code == 403:
        assert answer.json["code"] == "not_permitted", answer.text
        return True
    assert answer.status_code < 300 or answer.json["code"].startswith(
        ("unknown_", "no_such_", "not_pending", "not_waiting")
    ), answer.text
    return False


def commands_in(command, name) -> dict[str, click.Command]:
    """Return a command, or each in a group, by its whole name."""
    if not isinstance(command, click.Group):
        return {name: command}
    found = {}
    for verb, each in command.commands.items():
        found |= commands_in(each, f"{name} {verb}")
    return found


def commands_that_act() -> dict[str, click.Command]:
    """Return all commands but those of the machine."""
    found = {}
    for name in GROUPS_OF_COMMANDS.keys() - OF_THE_MACHINE:
        found |= commands_in(main.get_command(click.Context(main), name), name)
    return found


@pytest.mark.parametrize("way", [by_sign_in, by_key, by_token])
@pytest.mark.parametrize("role", Role)
def test_a_role_does_by_rest_what_the_table_says(app, make, other, role, way):
    make.clients.spa()
    program = way(app, make, role)
    done = {}
    for call in CALLS:
        path = filled(call.path, NOTHING | {"user_id": other().id})
        answer = sent_by(program, call, path=path)
        done[call.method, call.path, call.needs] = not refused(call, answer)
    people = way is by_sign_in
    assert done == {
        (call.method, call.path, call.needs): role in WANTED[call.needs]
        and (people or not call.by_people_alone)
        for call in CALLS
    }


@pytest.mark.parametrize("role", Role)
def test_support_changes_by_rest_nobody_who_has_a_role(app, make, role):
    program = by_sign_in(app, make, Role.SUPPORT)
    for call in CALLS:
        if "<user_id>" in call.path and call.method != "GET":
            person = make.users.account(roles=[role])
            path = filled(call.path, NOTHING | {"user_id": person.id})
            answer = sent_by(program, call, path=path)
            assert refused(call, answer), call


@pytest.mark.parametrize("role", Role)
def test_a_role_does_on_pages_what_the_table_says(http, make, other, role):
    client = make.clients.web_client()
    make.browsers.sign_in(http, roles=[role])
    token = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', http.get("/account/password").text
    )[1]
    values = {"client_id": client.client_id, "api_id": NOBODY, "group_id": NOBODY}
    values |= {"organization_id": NOBODY, "domain": "x", "feature": "x"}
    values |= {"attribute_key": "nothing", "scope_name": "nothing"}
    values |= {
        "kid": NOBODY,
        "key_id": NOBODY,
        "provider_id": NOBODY,
        "user_id": other().id,
    }
    done = {}
    for method, rule in PAGES:
        path = filled(rule, values)
        form = {"csrf_token": token} if method == "POST" else None
        answer = http.open(path, method=method, data=form, headers={"Origin": ORIGIN})
        done[method, rule] = answer.status_code != 403
        assert done[method, rule] or answer.json["code"] == "not_permitted"
    assert done == {page: role in WANTED[needed] for page, needed in PAGES.items()}


def test_every_route_of_the_administration_is_in_the_table(app):
    found = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if f"{rule.rule}/".startswith(ADMINISTRATION)
        and not rule.rule.startswith(NOT_ACTS)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert found == {*PAGES, *((call.method, call.path) for call in CALLS)}


def test_every_command_names_what_it_needs_and_the_operator_has_it():
    found = {
        name: str(getattr(command.callback, "needs", None))
        for name, command in commands_that_act().items()
    }
    assert found == COMMANDS
    assert set(found.values()) <= set(OPERATOR)


def test_every_command_acts_at_a_running_server_too():
    for name, command in commands_that_act().items():
        module = command.callback.__module__.rpartition(".")[2]
        import_module(f"idp.cli.by_server.{module}")
        assert command.callback in BY_SERVER, name


def test_every_command_prints_json_for_programs():
    for name, command in commands_that_act().items():
        assert any("--json" in option.opts for option in command.params), name


def test_every_permission_opens_something_or_is_said_not_to_yet():
    opening = {*PAGES.values(), *COMMANDS.values(), *(call.needs for call in CALLS)}
    assert opening | NOTHING_YET == set(Permission) == set(WANTED)
    assert opening & NOTHING_YET == set()
