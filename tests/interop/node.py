"""node-oidc-provider in a process of its own, and its pages for development."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import requests
from joserfc.jwk import ECKey

INSTALLED = Path(__file__).parents[2] / ".cache" / "interop" / "oidc_provider"
CLIENT_ID, SECRET = "idp", "a secret between two servers of a test"


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


def sign_in_there(page, name):
    """Type a name and allow what is asked for."""
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
