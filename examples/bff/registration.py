"""How the app and its API come to be known by the server of ``make run``."""

import json
import os
import subprocess
import sys
from pathlib import Path

from examples.bff.notes import READ, RESOURCE, WRITE

CLIENT_ID = "bff-example"


class NoServer(Exception):
    """There is no server here to register at; the message says what to do."""


def register(base_url: str) -> str:
    """Register the API and the app, unless they are; return a new client secret."""
    answer = _idp("clients", "rotate-secret", CLIENT_ID, "--overlap", "0")
    if answer.returncode:
        scopes = [
            "--scope",
            f"{READ}=Read your notes",
            "--scope",
            f"{WRITE}=Write notes",
        ]
        _idp("apis", "create", RESOURCE, "--name", "Notes", *scopes)
        options = ["--client-id", CLIENT_ID, "--metadata", "-"]
        options += ["--api", f"{RESOURCE} {READ} {WRITE}"]
        members = json.dumps(_members(base_url))
        answer = _idp("clients", "create", "Notes", *options, stdin=members)
    if answer.returncode:
        raise NoServer(answer.stderr.strip() or answer.stdout.strip())
    return str(json.loads(answer.stdout)["client_secret"])


def _members(base_url: str) -> dict[str, object]:
    """Describe the app in the client metadata of RFC 7591 §2.

    Notices of sign-outs reach an app on this machine only if the server may call it.
    """
    members: dict[str, object] = {
        "redirect_uris": [f"{base_url}/bff/callback"],
        "post_logout_redirect_uris": [f"{base_url}/"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": f"openid profile email {READ} {WRITE}",
    }
    if os.environ.get("IDP_ALLOW_LOOPBACK_FETCH") == "true":
        members["backchannel_logout_uri"] = f"{base_url}/bff/backchannel-logout"
    return members


def _idp(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("idp")
    return subprocess.run(  # noqa: S603 - our own program
        [program, *arguments],
        env={"IDP_ENVIRONMENT": "development", **os.environ},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
