"""node-oidc-provider with Redis: the peer that our cost per request is compared to."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from bench.cases import OF_ANY_PROVIDER
from bench.interpreter import CACHE
from bench.server import Product, Server, free_port, process_of
from bench.site import CLIENT_ID, CLIENT_SECRET, MACHINE_SCOPE, REDIRECT_URI, SCOPE
from bench.store import Store, redis

NAME = "oidc-provider"
SOURCES = Path(__file__).parent / "peers" / "oidc_provider"
CLIENT = {
    "CLIENT_ID": CLIENT_ID,
    "CLIENT_SECRET": CLIENT_SECRET,
    "REDIRECT_URI": REDIRECT_URI,
    "SCOPE": SCOPE,
    "MACHINE_SCOPE": MACHINE_SCOPE,
}


def program(name: str) -> str:
    """Return the path of a program; say what to install when there is none."""
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"no {name}: the peer needs Node.js and npm")
    return found


def installed() -> Path:
    """Return a copy of the sources with the locked packages beside it."""
    key = sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = CACHE / f"{NAME}-{key}"
    ready = folder / "ready"
    shutil.copytree(
        SOURCES,
        folder,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("node_modules"),
    )
    if not ready.exists():
        print(f"Installing {NAME} with npm (once)", flush=True)
        command = [program("npm"), "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(command, check=True, cwd=folder)
        ready.touch()
    return folder


def versions(sources: Path) -> str:
    """Return the versions of the package and of Node."""
    package = sources / "node_modules" / NAME / "package.json"
    version = json.loads(package.read_text())["version"]
    node = subprocess.run(
        [program("node"), "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return f"{NAME} {version}, Node {node}"


@contextmanager
def serving(sources: Path, *, folder: Path, store: Store) -> Iterator[Server]:
    """Run the peer, one process."""
    port = free_port()
    env = {
        **os.environ,
        **CLIENT,
        "NODE_ENV": "production",
        "PORT": str(port),
        "ISSUER": f"http://127.0.0.1:{port}",
        "REDIS_SOCKET": store.url,
    }
    command = [program("node"), str(sources / "server.mjs")]
    with process_of(command, folder=folder, env=env, port=port) as server:
        yield server


@contextmanager
def product(folder: Path) -> Iterator[Product]:
    """Get the peer ready; it has no pages for passwords, so no cases of those."""
    folder.mkdir()
    sources = installed()
    with redis(folder) as store:
        yield Product(
            name=NAME,
            description=f"{versions(sources)}, Redis (shared, not durable)",
            serving=lambda: serving(sources, folder=folder, store=store),
            store=store,
            cases=OF_ANY_PROVIDER,
        )
