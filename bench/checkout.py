"""A checkout of this project as a server: nothing of it is imported, only run."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cases import CASES, seed
from bench.interpreter import describe
from bench.server import FURTHER_WORKERS, Product, Server, free_port, process_of
from bench.store import Store, database

# One address makes all requests here. Limits stay in force, so that their cost counts.
HIGH_LIMITS = {
    "IDP_RATELIMIT_REGISTER_IP": "1000000/hour",
    "IDP_RATELIMIT_MAIL_IP": "1000000/hour",
}


@dataclass(frozen=True)
class Checkout:
    """Sources, and the Python that runs them."""

    sources: Path
    python: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment without settings, in which these sources come first."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("IDP_")}
        return inherited | {"PYTHONPATH": str(self.sources)}

    def idp(self, *arguments: str) -> list[str]:
        """Return a command line of ``idp``."""
        return [str(self.python), "-m", "idp", *arguments]

    def compile(self) -> None:
        """Write the bytecode, which every start but the very first finds."""
        command = [self.python, "-m", "compileall", "-q", "idp"]
        subprocess.run(command, check=True, cwd=self.sources)

    def limits(self) -> dict[str, str]:
        """Return those of HIGH_LIMITS that this version knows; others stop a start."""
        page = subprocess.run(
            self.idp("settings", "--markdown"),
            check=True,
            env=self.environment,
            capture_output=True,
            text=True,
        ).stdout
        return {name: value for name, value in HIGH_LIMITS.items() if name in page}


@contextmanager
def serving(
    checkout: Checkout, *, folder: Path, settings: dict[str, str], arguments: list[str]
) -> Iterator[Server]:
    """Run ``idp serve``.

    All is as in production but what loopback makes impossible: the issuer is http, and
    mail stays in the outbox.
    """
    port = free_port()
    listening = {
        "IDP_ENVIRONMENT": "development",
        "IDP_DEMO": "false",
        "IDP_ISSUER": f"http://127.0.0.1:{port}",
        "IDP_LISTEN": f"127.0.0.1:{port}",
    }
    env = checkout.environment | settings | listening
    command = checkout.idp("serve", *arguments)
    with process_of(command, folder=folder, env=env, port=port) as server:
        yield server


@contextmanager
def product(
    name: str, checkout: Checkout, *, folder: Path, kind: str, workers: int, people: int
) -> Iterator[Product]:
    """Get a checkout ready: its database made, with a client and users."""
    folder.mkdir()
    seed_file = folder / "seed.toml"
    seed_file.write_text(seed(people))
    checkout.compile()
    with database(kind, folder) as store:
        settings = settings_for(checkout, store, workers=workers)
        more = ["--workers", str(workers + FURTHER_WORKERS)]
        run = {"folder": folder, "settings": settings}
        with serving(checkout, **run, arguments=["--seed", str(seed_file)]) as first:
            started = f"first start on an empty database {first.start_seconds:.2f} s"
        yield Product(
            name=name,
            description=f"{checkout.sources}, {describe(checkout.python)}; {started}",
            serving=lambda: serving(checkout, **run, arguments=[]),
            store=store,
            cases=tuple(CASES),
            wider=lambda: serving(checkout, **run, arguments=more),
        )


def settings_for(checkout: Checkout, store: Store, *, workers: int) -> dict[str, str]:
    """Return the settings of a measurement."""
    chosen = {"IDP_DATABASE_URL": store.url, "IDP_WORKERS": str(workers)}
    return checkout.limits() | chosen
