"""Settings of programs that no browser comes back to, ready to paste (pure)."""

import shlex

from idp.oauth.clients.snippets.setup import (
    POST,
    SECRET_VARIABLE,
    Setup,
    Snippet,
    quoted,
    single,
)
from idp.oauth.clients.view import DEVICE_CODE


def curl(setup: Setup) -> Snippet:
    """Return a token request for the shell."""
    scope = f" \\\n  -d scope={shlex.quote(setup.scope)}" if setup.scope else ""
    text = f"""curl {setup.endpoints}/token \\
  {_credentials(setup)} \\
  -d grant_type=client_credentials{scope}
"""
    return single("curl", "curl", file="shell", text=text)


def authlib_machine(setup: Setup) -> Snippet:
    """Return Authlib's session for the client credentials grant."""
    method = f'\n    token_endpoint_auth_method="{POST}",' * setup.posts_secret
    text = f"""import os

from authlib.integrations.requests_client import OAuth2Session

session = OAuth2Session(
    {quoted(setup.client_id)},
    os.environ["{SECRET_VARIABLE}"],
    token_endpoint="{setup.endpoints}/token",
    grant_type="client_credentials",
    scope={quoted(setup.scope)},{method}
)
session.fetch_token()
"""
    return single("authlib", "Python with Authlib", file="job.py", text=text)


def curl_device(setup: Setup) -> Snippet:
    """Return the two requests of the device grant for the shell."""
    scope = shlex.quote(f"scope={setup.scope}")
    text = f"""curl {setup.endpoints}/device_authorization \\
  {_credentials(setup)} \\
  -d {scope}

# Show verification_uri and user_code. Then, each time `interval` seconds have passed:
curl {setup.endpoints}/token \\
  {_credentials(setup)} \\
  -d grant_type={DEVICE_CODE} \\
  -d device_code="$DEVICE_CODE"
"""
    return single("curl", "curl", file="shell", text=text)


def python_device(setup: Setup) -> Snippet:
    """Return the device grant in Python with Requests."""
    secret = f'os.environ["{SECRET_VARIABLE}"]'
    client, basic = f'"client_id": {quoted(setup.client_id)}', ""
    if setup.posts_secret:
        client += f', "client_secret": {secret}'
    elif not setup.public:
        basic = f'session.auth = (CLIENT["client_id"], {secret})\n'
    text = f"""{"" if setup.public else "import os"}
import time

import requests

CLIENT = {{{client}}}
session = requests.Session()
{basic}started = session.post(
    "{setup.endpoints}/device_authorization",
    data=CLIENT | {{"scope": {quoted(setup.scope)}}},
).json()
print(f"Open {{started['verification_uri']}} and enter {{started['user_code']}}")

poll = {{
    "grant_type": "{DEVICE_CODE}",
    "device_code": started["device_code"],
}}
interval, answer = started["interval"], {{"error": "authorization_pending"}}
while answer.get("error") in ("authorization_pending", "slow_down"):
    interval += 5 * (answer["error"] == "slow_down")
    time.sleep(interval)
    answer = session.post("{setup.endpoints}/token", data=CLIENT | poll).json()
"""
    return single("python", "Python with Requests", file="tv.py", text=text.lstrip())


def _credentials(setup: Setup) -> str:
    """Return how curl says who the client is."""
    client_id = shlex.quote(setup.client_id)
    if setup.public:
        return f"-d client_id={client_id}"
    if setup.posts_secret:
        return f'-d client_id={client_id} -d client_secret="${SECRET_VARIABLE}"'
    return f'-u {client_id}:"${SECRET_VARIABLE}"'
