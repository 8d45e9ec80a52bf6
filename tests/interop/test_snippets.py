"""The configuration to copy from the admin pages, pasted into apps that are started.

What a snippet says in its first lines is what is installed and run here.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.metadata.registration import validate
from idp.oauth.clients.snippets.setup import SECRET_VARIABLE, setup_of
from idp.oauth.clients.snippets.snippets import snippets_of
from idp.oauth.clients.wizard import Answers, metadata_for
from tests.serving import free_ports, serving

SOURCES = Path(__file__).with_name("pasted")
CACHE = Path(__file__).parents[2] / ".cache" / "interop"
PASSWORD = "correct horse battery staple"
SECRET = "a-secret-for-development-of-43-characters-ab"
START_SECONDS = 120
ADA = f"""
[[users]]
email = "ada@example.com"
name = "Ada Lovelace"
password = "{PASSWORD}"
email_verified = true
"""
CLIENT = """
[[clients]]
client_id = "{name}"
client_secret = "{secret}"
first_party = true
redirect_uris = {redirect_uris}
id_token_claims = "{claims}"
"""


@dataclass(frozen=True)
class App:
    """A framework: how it is built and run, by the shell, and where files go.

    ``begun`` is done before anything is installed, ``filled`` before the files of the
    snippet are pasted, ``places`` are those that it does not say.
    """

    name: str
    run: str
    begun: str = "true"
    filled: str = "true"
    build: str = "true"
    places: Mapping[str, str] = field(default_factory=dict)
    starts_at: str = "/login"

    @property
    def folder(self) -> Path:
        """Where it stays between runs, with what was installed."""
        return CACHE / self.name


VENV = "test -d .venv || python3 -m venv .venv"
JAVA = "src/main/java/com/example/app/SecurityConfig.java"
APPS = (
    App("fastapi", "uvicorn app:app --host localhost --port $PORT", begun=VENV),
    App(
        "django",
        "python manage.py runserver --noreload localhost:$PORT",
        begun=VENV,
        filled="test -f manage.py || django-admin startproject pasted .",
        build="python manage.py migrate",
        places={"views.py": "pasted/views.py", "urls.py": "pasted/urls.py"},
    ),
    App("express", "node app.mjs"),
    App(
        "authjs",
        "npx next dev --port $PORT --hostname localhost",
        begun="npm install --silent --no-audit --no-fund",
        starts_at="/api/auth/signin",
    ),
    App(
        "spring",
        "java -jar target/app-1.jar",
        build="mvn -q -B package",
        places={
            "application.properties": "src/main/resources/application.properties",
            "SecurityConfig.java": JAVA,
        },
        starts_at="/",
    ),
    App("go", "./app", begun="rm -f go.mod go.sum", build="go mod tidy && go build"),
)


@pytest.fixture(scope="session")
def bases() -> dict[str, str]:
    """Where the apps are to be, by name."""
    return {app.name: f"http://localhost:{free_ports()[0]}" for app in APPS}


@pytest.fixture(scope="session")
def issuer(bases, tmp_path_factory) -> Iterator[str]:
    """A server of ours that knows the apps as the wizard registers them."""
    folder = tmp_path_factory.mktemp("snippets")
    seed = ADA + "".join(map(client_of, APPS, bases.values()))
    (folder / "seed.toml").write_text(seed)
    environ = {"IDP_DEMO": "false"}
    with serving(folder, "--seed", "seed.toml", environ=environ) as server:
        yield server.url


def client_of(app: App, base: str) -> str:
    """Return an app's table of the seed file."""
    metadata = declared(app, base)
    return CLIENT.format(
        name=app.name,
        secret=SECRET,
        redirect_uris=json.dumps(metadata["redirect_uris"]),
        claims=metadata.get("id_token_claims", "minimal"),
    )


def declared(app: App, base: str) -> dict[str, object]:
    """Return what the wizard makes of an app."""
    answers = Answers(Kind.WEB, app.name, framework=app.name, base_url=base)
    return metadata_for(answers)


@pytest.fixture(params=APPS, ids=lambda app: app.name)
def app(request) -> App:
    """One framework after another."""
    return request.param


@pytest.fixture
def base(app, bases) -> str:
    """Where it is to be."""
    return bases[app.name]


@pytest.fixture
def running(app, base, issuer) -> Iterator[str]:
    """The app with its snippet, installed, built and started."""
    app.folder.mkdir(parents=True, exist_ok=True)
    if (SOURCES / app.name).exists():
        shutil.copytree(SOURCES / app.name, app.folder, dirs_exist_ok=True)
    files, environ = snippet_of(app, base, issuer=issuer), environ_of(app, base)

    def shell(command: str) -> None:
        subprocess.run(["sh", "-ec", command], cwd=app.folder, env=environ, check=True)

    shell(app.begun)
    said = re.match("(?:#|//) ((?:pip|npm|go) .*)", next(iter(files.values())))
    shell(said[1] if said else "true")
    shell(app.filled)
    for name, text in files.items():
        place = app.folder / app.places.get(name, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(PACKAGE * name.endswith(".java") + text)
    shell(app.build)
    with started(app, environ, base=base):
        yield base


def snippet_of(app: App, base: str, *, issuer: str) -> dict[str, str]:
    """Return the texts of an app's snippet by the names of their files."""
    metadata = validate(declared(app, base), issuer=issuer)
    setup = setup_of(issuer, client_id=app.name, metadata=metadata)
    found = {snippet.target: snippet for snippet in snippets_of(setup, Kind.WEB)}
    return {file.name: file.text for file in found[app.name].files}


def environ_of(app: App, base: str) -> dict[str, str]:
    """Return what an app is run with."""
    own = "for this test only" * 3
    return os.environ | {
        "PATH": f"{app.folder}/.venv/bin:{os.environ['PATH']}",
        "PORT": base.rpartition(":")[2],
        "AUTH_URL": base,
        "NEXT_TELEMETRY_DISABLED": "1",
        SECRET_VARIABLE: SECRET,
        "SESSION_SECRET": own,
        "AUTH_SECRET": own,
    }


PACKAGE = "package com.example.app;\n"


@contextmanager
def started(app: App, environ: dict[str, str], *, base: str) -> Iterator[None]:
    """Run an app until the block is left."""
    with (app.folder / "output.txt").open("w") as output:
        process = subprocess.Popen(
            ["sh", "-c", app.run],
            cwd=app.folder,
            env=environ,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            wait_for(process, base)
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def wait_for(process: subprocess.Popen, base: str) -> None:
    """Wait until an app answers."""
    for _ in range(START_SECONDS * 10):
        assert process.poll() is None, "the app ended: look into output.txt"
        with suppress(requests.ConnectionError):
            requests.get(f"{base}/favicon.ico", timeout=60)
            return
        time.sleep(0.1)
    raise AssertionError("the app does not answer")


def test_a_person_signs_in_to_the_app_that_was_pasted(app, running, chromium):
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(running + app.starts_at)
        if app.name == "authjs":
            page.get_by_role("button", name=f"Sign in with {app.name}").click()
        page.locator("[name=username]").fill("ada@example.com")
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{running}/**")
        if app.name == "authjs":
            page.goto(f"{running}/api/auth/session")
        expect(page.locator("body")).to_contain_text("ada@example.com")
