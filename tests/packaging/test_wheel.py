"""The wheel: holds all that runs, and runs from an empty folder."""

import email
import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.serving import STOP_SECONDS, free_ports

ROOT = Path(__file__).parents[2]
NAME = {"given_name": "Ada", "family_name": "Lovelace"}
RUN_COMMAND = (
    "import sys; from importlib.metadata import entry_points as found;"
    "sys.argv[0] = 'idp';"
    "(command,) = found(group='console_scripts', name='idp');"
    "sys.exit(command.load()())"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """A wheel built from a copy of the sources, with one translation in it."""
    source = tmp_path_factory.mktemp("source")
    ignore = shutil.ignore_patterns("__pycache__", "*.mo")
    for folder in ("idp", "migrations"):
        shutil.copytree(ROOT / folder, source / folder, ignore=ignore)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    catalogue = source / "idp" / "translations" / "cy" / "LC_MESSAGES" / "messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Sign in"\nmsgstr "Mewngofnodi"\n')
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (built,) = source.glob("dist/*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The Python of a new environment: the wheel's idp and the libraries of here."""
    venv = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # A .pth line adds the folder, not the .pth files in it: our checkout stays out.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return venv / "bin" / "python"


def idp(
    python: Path, *arguments: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "IDP_ENVIRONMENT": "development"}
    return subprocess.run(
        [python, "-P", "-c", RUN_COMMAND, *arguments],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_pages_migrations_and_compiled_catalogues(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"idp/static/idp.css", "idp/templates/layout.html"} <= names
    assert "idp/_migrations/env.py" in names
    assert any(name.startswith("idp/_migrations/versions/0001_") for name in names)
    assert "idp/translations/cy/LC_MESSAGES/messages.mo" in names
    assert not [name for name in names if name.endswith(".pyc")]
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_the_wheel_says_its_licence_and_python(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
        names = archive.namelist()
    assert metadata["Name"] == "idp-server"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_installed_command_shows_its_help(installed, tmp_path):
    done = idp(installed, "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for command in ("serve", "worker", "clients", "users", "settings", "db"):
        assert f"  {command} " in done.stdout


def test_the_installed_package_is_the_wheels_own(installed, tmp_path):
    shown = subprocess.run(
        [installed, "-P", "-c", "import idp; print(idp.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(shown.stdout.strip()).is_relative_to(installed.parents[1])


def test_the_installed_command_creates_a_database_and_drafts_no_revision(
    installed, tmp_path
):
    done = idp(installed, "db", "upgrade", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"alembic_version", "users", "clients"} <= set(
        rows(tmp_path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    )
    drafted = idp(installed, "db", "revision", "more", folder=tmp_path)
    assert "in a checkout, not in an installation" in drafted.stderr


def test_the_installed_command_serves_pages_and_mails_in_their_language(
    installed, tmp_path
):
    port, _ = free_ports()
    command = [installed, "-P", "-c", RUN_COMMAND, "serve", "--dev", "--workers", "1"]
    with (tmp_path / "output.txt").open("w") as output:
        server = subprocess.Popen(
            [*command, "--listen", f"127.0.0.1:{port}"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            stdout=output,
            stderr=output,
        )
    try:
        page = asked("GET", f"http://127.0.0.1:{port}/login")
        assert "Anmelden" in page.text
        person = {"email": "ada@example.com", "password": "nine quiet otters", **NAME}
        asked("POST", f"http://127.0.0.1:{port}/auth/register", json=person)
        sent = "SELECT subject FROM outbox_messages WHERE sent_at IS NOT NULL"
        while not (subjects := rows(tmp_path, sent)):
            assert server.poll() is None
        assert "Bestätigen" in subjects[0]
    finally:
        server.terminate()
        assert server.wait(STOP_SECONDS) == 0, (tmp_path / "output.txt").read_text()


def rows(folder: Path, query: str) -> list[str]:
    """Return what a query finds in the database of a folder."""
    with closing(sqlite3.connect(folder / "idp-data" / "idp.sqlite3")) as database:
        return [found for (found,) in database.execute(query)]


def asked(method: str, url: str, **options) -> requests.Response:
    """Return the answer of a server, which may have to start first."""
    for _ in range(600):
        try:
            answer = requests.request(
                method, url, headers={"Accept-Language": "de"}, timeout=30, **options
            )
        except requests.ConnectionError:
            time.sleep(0.1)
            continue
        assert answer.ok, answer.text
        return answer
    raise AssertionError("the server does not answer")
