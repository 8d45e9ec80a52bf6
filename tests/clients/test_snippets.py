"""The configuration to copy from the admin pages, pasted and run."""

import json
import subprocess
from queue import Queue
from threading import Thread

import pytest

from idp.oauth.clients.kinds import kind_of
from idp.oauth.clients.metadata import registration as client_metadata
from idp.oauth.clients.snippets.setup import SECRET_VARIABLE, setup_of
from idp.oauth.clients.snippets.snippets import snippets_of
from tests.clients.seed import CALLBACK, SECRET

pytestmark = pytest.mark.processes

WEB = {"redirect_uris": [CALLBACK]}
DEVICE = {
    "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
    "token_endpoint_auth_method": "none",
}
JOB = {"grant_types": ["client_credentials"], "scope": "read write"}


@pytest.fixture
def snippet(server, monkeypatch):
    """Returns a snippet's text for a client; its secret is in the environment."""
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)

    def find(target, *, client_id, **declared):
        metadata = client_metadata.validate(declared, issuer=server.url)
        setup = setup_of(server.url, client_id=client_id, metadata=metadata)
        found = snippets_of(setup, kind_of(metadata))
        return next(item.files[0].text for item in found if item.target == target)

    return find


@pytest.mark.parametrize(
    ("client_id", "method"),
    [("with secret/1", "client_secret_basic"), ("posts", "client_secret_post")],
)
def test_flask_with_authlib(snippet, ada, monkeypatch, client_id, method):
    text = snippet(
        "authlib", client_id=client_id, **WEB, token_endpoint_auth_method=method
    )
    monkeypatch.setenv("SESSION_SECRET", "for this test only")
    pasted = {"__name__": "app"}
    exec(text, pasted)
    http = pasted["app"].test_client()
    assert http.get("/").location == "/login"
    back = ada.visit(http.get("/login").location)
    answer = http.get(back.removeprefix(CALLBACK.removesuffix("/callback")))
    assert answer.location == "/"
    assert http.get("/").json["email"] == "ada@example.com"


def test_curl(snippet):
    text = snippet("curl", client_id="a job", **JOB)
    ran = subprocess.run(["sh", "-c", text], check=True, capture_output=True, text=True)
    assert json.loads(ran.stdout)["scope"] == "read write"


def test_python_of_a_device(snippet, ada):
    said = Queue()
    pasted = {"print": said.put}
    text = snippet("python", client_id="tv", **DEVICE)
    device = Thread(target=exec, args=(text, pasted))
    device.start()
    user_code = said.get(timeout=20).rpartition(" ")[2]
    assert "Your device is connected" in ada.connect(user_code)
    device.join(20)
    assert pasted["answer"]["refresh_token"]


def test_curl_of_a_device(snippet):
    text = snippet("curl", client_id="tv", **DEVICE)
    first = text.partition("\n\n")[0]
    ran = subprocess.run(["sh", "-c", first], check=True, capture_output=True)
    assert json.loads(ran.stdout)["user_code"]


def test_python_with_authlib(snippet):
    pasted = {}
    exec(snippet("authlib", client_id="a job", **JOB), pasted)
    assert pasted["session"].token["scope"] == "read write"
