"""The Compose file and the image: what they set and start is what the code knows."""

import json
import re
from pathlib import Path

import click
import pytest
import yaml

from idp.cli import main
from idp.core.settings.server import ServerSettings
from idp.mail.settings import MailSettings
from idp.ops.configuration import configure

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def options_of(command: list[str]) -> dict[str, object]:
    """What our command line makes of ``command``; a usage error flies."""
    program, *arguments = command
    assert program == "idp"
    found = main
    while isinstance(found, click.Group):
        found = found.get_command(click.Context(found), arguments.pop(0))
    return found.make_context("idp", arguments).params


def test_compose_starts_server_database_redis_and_mail_catcher(compose):
    services = compose["services"]
    assert set(services) == {"migrate", "app", "postgres", "redis", "mail"}
    assert services["postgres"]["image"] == "postgres:15"
    assert services["redis"]["image"] == "redis:7"
    assert services["mail"]["image"].startswith("axllent/mailpit:v")


def test_compose_sets_only_settings_that_exist_and_that_a_server_accepts(compose):
    environment = compose["services"]["app"]["environment"]
    loaded = configure(environment)
    server = loaded[ServerSettings]
    assert server.development
    assert server.demo
    assert server.issuer == "http://localhost:8000"
    assert server.redis_url == "redis://redis:6379/0"
    assert loaded[MailSettings].mail_url == "smtp://mail:1025"


def test_the_database_in_compose_is_the_one_the_server_is_told(compose):
    services = compose["services"]
    url = services["app"]["environment"]["IDP_DATABASE_URL"]
    database = services["postgres"]["environment"]
    user, password = database["POSTGRES_USER"], database["POSTGRES_PASSWORD"]
    assert url == f"postgresql://{user}:{password}@postgres/{user}"


def test_compose_starts_a_command_that_exists_with_the_port_it_publishes(compose):
    app = compose["services"]["app"]
    options = options_of(app["command"])
    assert options["listen"] is None  # that of the image, which its health check asks
    assert not options["migrate"]
    assert app["ports"] == ["127.0.0.1:8000:8000", "127.0.0.1:8001:8001"]


def test_the_server_waits_until_every_other_service_is_ready(compose):
    services = dict(compose["services"])
    awaited = services.pop("app")["depends_on"]
    assert set(awaited) == set(services)
    migrated = services.pop("migrate")
    migration = awaited.pop("migrate")
    assert migration == {"condition": "service_completed_successfully"}
    assert {wait["condition"] for wait in awaited.values()} == {"service_healthy"}
    assert all(service["healthcheck"]["test"] for service in services.values())
    assert set(migrated["depends_on"]) == {"postgres"}


def test_the_schema_is_migrated_by_a_step_of_its_own(compose):
    migrate, app = compose["services"]["migrate"], compose["services"]["app"]
    assert migrate["command"] == ["idp", "db", "upgrade"]
    assert options_of(migrate["command"]) is not None
    assert migrate["environment"] == app["environment"]


def test_what_must_survive_a_restart_is_in_named_volumes(compose):
    used = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"]) == {"data", "postgres", "redis"}


def test_the_image_starts_a_command_that_exists_as_a_user_without_rights(dockerfile):
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert options_of(json.loads(command))["migrate"] is False
    assert "IDP_LISTEN=0.0.0.0:8000" in dockerfile
    last_stage = dockerfile.rpartition("\nFROM ")[2]
    assert "\nUSER idp\n" in last_stage
    assert "\nEXPOSE 8000\n" in last_stage
    assert "\nVOLUME /data\n" in last_stage


def test_the_image_installs_with_hashes_what_its_build_context_holds(dockerfile):
    assert "--require-hashes -r requirements.lock" in dockerfile
    let_in = (ROOT / ".dockerignore").read_text()
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE):
        for name in sources.split():
            assert f"\n!{name}\n" in let_in
