"""node-oidc-provider, installed once, and a server of ours that knows it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.interop.node import CLIENT_ID, INSTALLED, SECRET, Upstream
from tests.serving import free_ports, serving

SOURCES = Path(__file__).with_name("oidc_provider")
SEED = """
[[providers]]
id = "node"
name = "Node"
issuer = "{issuer}"
client_id = "{client_id}"
client_secret = "{secret}"
trust_email = true
"""


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
