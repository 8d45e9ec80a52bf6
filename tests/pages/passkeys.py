"""What the scripts of the pages about passkeys do, by hand."""

import json
import re

from tests.authenticator import Authenticator

PATH = "/account/passkeys"


def see(http, *, path=PATH):
    return http.get(path, headers={"Accept": "text/html"})


def field_of(answer):
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.text)[1]


def ask(http, token, *, path):
    return http.post(path, headers={"X-CSRF-Token": token}).json


def add(http, *, name=""):
    token, key = field_of(http.get(f"{PATH}/new")), Authenticator()
    asked = ask(http, token, path=f"{PATH}/new/options")
    shown = json.dumps(key.create(asked["options"]))
    form = {"csrf_token": token, "ticket": asked["ticket"], "credential": shown}
    answer = http.post(f"{PATH}/new", data=form | {"name": name})
    assert answer.headers["Location"] == f"{PATH}?done=added"
    return key


def sign_in(http, key):
    """Sign in with a passkey alone, in a browser that forgets its session."""
    http.delete_cookie("__Host-idp", domain="idp.example")
    token = field_of(http.get("/login"))
    asked = ask(http, token, path="/login/passkey/options")
    shown = json.dumps(key.get(asked["options"]))
    form = {"csrf_token": token, "ticket": asked["ticket"], "credential": shown}
    return http.post("/login/passkey", data=form | {"return_to": "/account/data"})
