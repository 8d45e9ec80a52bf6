"""node-oidc-provider, installed once, and a server of ours that knows it."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import pytest
import requests
from joserfc.jwk import ECKey

from tests.serving import free_ports, serving

SOURCES = Path(__file__).with_name("oidc_provider")
INSTALLED = Path(__file__).parents[2] / ".cache" / "interop" / "oidc_provider"
CLIENT_ID, SECRET = "idp", "a secret between two servers of a test"
SEED = """
[[providers]]
id = "node"
name = "Node"
issuer = "{issuer}"
client_id = "{client_id}"
client_secret = "{secret}"
trust_email = true
"""


def new_key() -> dict[str, object]:
    """Return a private key as a JWK."""
    told = {"alg": "ES256", "use": "sig", "kid": token_hex(8)}
    return dict(ECKey.generate_key("P-256", told).as_dict(private=True))


class Upstream:
    """A provider in Node.js that can be started anew, with the next key."""

    def __init__(self, port: int, *, back_to: str) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.keys = [new_key() for _ in range(3)]
        self.environ = os.environ | {
            "ISSUER": self.issuer,
            "PORT": str(port),
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": SECRET,
            "REDIRECT_URI": back_to,
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it until the block is left; it publishes a key before that signs."""
        environ = self.environ | {"KEYS": json.dumps(self.keys[:2])}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = ["node", "server.mjs"]
        process = subprocess.Popen(command, cwd=INSTALLED, env=environ, **quiet)
        try:
            self._wait(process)
            yield
        finally:
            process.terminate()
            process.wait()
            del self.keys[0]

    def _wait(self, process: subprocess.Popen) -> None:
        for _ in range(100):
            assert process.poll() is None, "node-oidc-provider did not start"
            with suppress(requests.ConnectionError):
                requests.get(f"{self.issuer}/jwks", timeout=5)
                return
            time.sleep(0.1)
        raise AssertionError("node-oidc-provider does not answer")


@pytest.fixture(scope="session")
def installed() -> None:
    """What npm installs, by the lock file."""
    shutil.copytree(SOURCES, INSTALLED, dirs_exist_ok=True)
    command = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=INSTALLED, check=True)


@pytest.fixture
def there(installed, tmp_path):
    """A server of ours, and the provider that it knows."""
    ports, (port, _) = free_ports(), free_ports()
    back_to = f"http://localhost:{ports[0]}/oauth2/callback/node"
    upstream = Upstream(port, back_to=back_to)
    said = SEED.format(issuer=upstream.issuer, client_id=CLIENT_ID, secret=SECRET)
    (tmp_path / "seed.toml").write_text(said)
    reach = {"IDP_ALLOW_LOOPBACK_FETCH": "true", "IDP_DEMO": "false"}
    options = {"environ": reach, "ports": ports}
    with serving(tmp_path, "--seed", "seed.toml", **options) as server:
        yield server, upstream
