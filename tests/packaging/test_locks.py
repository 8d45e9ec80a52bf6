"""The lock files: complete, hashed, and free of any private index."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPORTS = ["requirements.lock", "requirements-dev.lock"]
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org"}
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)(\[.*\])?==(?P<version>[^ ;]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in PIN.finditer(read(name))}


def read(name: str) -> str:
    return (ROOT / name).read_text()


def locked_packages() -> dict[str, dict]:
    return {item["name"]: item for item in tomllib.loads(read("uv.lock"))["package"]}


@pytest.mark.parametrize("name", ["uv.lock", *EXPORTS])
def test_a_lock_names_no_host_but_the_public_index(name):
    assert set(re.findall(r"https?://([^/\s\"]+)", read(name))) <= PUBLIC_HOSTS
    assert not re.search(r"^--|file:|@ ", read(name), re.MULTILINE)


@pytest.mark.parametrize("name", EXPORTS)
def test_every_pin_of_an_export_has_hashes(name):
    text = re.sub(r"^ *#.*\n", "", read(name), flags=re.MULTILINE)
    requirements = text.replace("\\\n", " ").splitlines()
    assert requirements
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_pins_what_uv_locks(name):
    locked = {name: item["version"] for name, item in locked_packages().items()}
    exported = pins(name)
    assert exported
    assert exported == {key: locked[key] for key in exported}


def test_the_development_export_holds_the_whole_lock():
    assert set(pins("requirements-dev.lock")) == set(locked_packages()) - {"idp-server"}


def test_the_runtime_export_brings_both_databases_redis_and_the_build_tools():
    runtime = pins("requirements.lock")
    assert {"uvicorn", "psycopg", "psycopg-binary", "redis"} <= set(runtime)
    assert {"hatchling", "editables", "babel"} <= set(runtime)
    assert "pytest" not in runtime


def test_the_lock_was_made_from_todays_requirements():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"].values()
    declared = {normal(text) for text in project["dependencies"]}
    declared |= {normal(text) for extra in extras for text in extra}
    recorded = locked_packages()["idp-server"]["metadata"]["requires-dist"]
    assert {item["name"] + item["specifier"] for item in recorded} == declared


def normal(requirement: str) -> str:
    return re.sub(r"\[.*\]", "", requirement).lower()
