"""The wheel of idp-rp: complete, and of no use to the server or of it."""

import email
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPORTED = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "import idp_rp.asgi, idp_rp.resource_server, idp_rp.sessions.stores.memory;"
    "print(idp_rp.__file__, *sorted({name.split('.')[0] for name in sys.modules}))"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """A wheel built from a copy of the folder alone."""
    source = tmp_path_factory.mktemp("source") / "any-name"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "idp_rp", source, ignore=ignore)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (built,) = source.glob("dist/*.whl")
    return built


def test_the_wheel_holds_every_module_and_says_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (name,) = (n for n in names if n.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    sources = {path.relative_to(ROOT) for path in (ROOT / "idp_rp").rglob("*.py")}
    packed = {name for name in names if ".dist-info/" not in name}
    assert packed == {path.as_posix() for path in sources} | {"idp_rp/py.typed"}
    assert metadata["Name"] == "idp-rp"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert (ROOT / "idp_rp/LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert "BffSettings" in metadata.get_payload()


def test_it_runs_without_the_server_and_what_is_optional(wheel):
    """``-I`` leaves the checkout out, where both stand side by side."""
    command = [sys.executable, "-I", "-c", IMPORTED, wheel]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    place, *loaded = done.stdout.split()
    assert place.startswith(str(wheel))
    project = tomllib.loads((ROOT / "idp_rp/pyproject.toml").read_text())["project"]
    named = {line.split(">")[0] for line in project["dependencies"]}
    assert {"anyio", "cryptography", "httpx", "joserfc"} == named <= set(loaded)
    assert {"flask", "sql", "redis"} == set(project["optional-dependencies"])
    assert not {"idp", "flask", "sqlalchemy", "redis"} & set(loaded)
