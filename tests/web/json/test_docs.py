"""The pages about the API: small, complete, with commands that work as pasted."""

import json
import re
import shlex
from html import unescape
from itertools import pairwise
from subprocess import check_output

import jsonschema_rs
import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.issuer import ISSUER

HTML = {"Accept": "text/html"}
MOST_BYTES = 40 * 1024
ID = "a" * 32
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def keys(app):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()


def pages_of(http):
    """Return every page by its path."""
    overview = http.get("/docs/api", headers=HTML)
    paths = re.findall(r'href="(/docs/api/[^"]+)"', overview.text)
    return {path: http.get(path, headers=HTML) for path in ["/docs/api", *paths]}


def commands_in(page):
    """Return the commands of a page, as they are copied."""
    return [unescape(found) for found in re.findall(r'data-copy="([^"]*)"', page.text)]


def expanded(command, **variables):
    """Return the words of a command, as a shell would fill in its variables."""
    filled = re.sub(r"\$([A-Z_]+)", lambda name: variables.get(name[1], ID), command)
    return shlex.split(filled)


def send(http, words):
    """Call what the words of a command call."""
    given = {option: [] for option in ("-X", "-H", "-d", "-u")}
    for option, value in pairwise(words):
        given.get(option, []).append(value)
    (url,) = (word for word in words if word.startswith(ISSUER))
    headers = dict(header.split(": ", 1) for header in given["-H"])
    method = (given["-X"] or ["POST" if given["-d"] else "GET"])[0]
    return http.open(
        url.removeprefix(ISSUER),
        method=method,
        headers=headers,
        auth=tuple(given["-u"][0].split(":")) if given["-u"] else None,
        data="&".join(given["-d"]) or None,
        content_type=headers.get("Content-Type", FORM) if given["-d"] else None,
    )


def test_every_operation_is_on_a_page_of_bearable_size(http):
    pages = pages_of(http)
    document = http.get("/openapi.json").json
    shown = "".join(page.text for page in pages.values())
    for path, item in document["paths"].items():
        for method in item:
            assert f">{method.upper()}</span> <code>{path}</code>" in shown
    for path, page in pages.items():
        assert (page.status_code, len(page.data) <= MOST_BYTES) == (200, True), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>", page.text)
        anchors = re.findall(r'href="#([^"]+)"', page.text)
        assert all(f'id="{anchor}"' in page.text for anchor in anchors)
    assert http.get("/docs/api/nothing", headers=HTML).location == "/docs/api"
    check_samples(pages.values(), document)


def check_samples(pages, document):
    """Hold what the commands send against what the operations take."""
    for command in (each for page in pages for each in commands_in(page)):
        words = expanded(command)
        if "Content-Type: application/json" not in words or "|" in words:
            continue
        method = words[words.index("-X") + 1].lower()
        (url,) = (word for word in words if word.startswith(ISSUER))
        (operation,) = (
            item[method]
            for path, item in document["paths"].items()
            if method in item and fits(path, url.removeprefix(ISSUER))
        )
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": document["components"]}
        jsonschema_rs.validate(whole, json.loads(words[words.index("-d") + 1]))


def fits(path, sent):
    """Tell whether an address is one of an operation's path."""
    return re.fullmatch(re.sub(r"\{[a-z_]+\}", ID, path), sent) is not None


def test_the_first_commands_work_as_they_are_pasted(app, http, make, keys):
    ada = make.users.account()
    program = app.test_client(use_cookies=False)
    first, second = commands_in(http.get("/docs/api", headers=HTML))
    sign_in = first.removeprefix("TOKEN=$(").partition("| sed")[0]
    words = expanded(sign_in, LOGIN=ada.email, PASSWORD=ada.password)
    answer = send(program, words).text
    shell = f"curl() {{ cat; }}\n{first}\necho $TOKEN"
    token = check_output(["/bin/sh", "-c", shell], input=answer, text=True).strip()
    me = send(program, expanded(second, TOKEN=token))
    assert me.json["user"]["email"] == ada.email


def test_the_endpoints_of_oauth_answer_as_they_say(app, http, make, keys):
    robot = make.clients.machine_client(scope="read")
    program = app.test_client(use_cookies=False)
    known = {"CLIENT_ID": robot.client_id, "CLIENT_SECRET": robot.client_secret}
    statuses = {}
    for command in commands_in(http.get("/docs/api/oauth", headers=HTML)):
        words = expanded(command, **known)
        answer = send(program, words)
        url = next(word for word in words if word.startswith(ISSUER))
        statuses[url.rpartition("/")[2]] = answer.status_code
    assert statuses == {
        "openid-configuration": 200,
        "jwks.json": 200,
        "token": 200,
        "userinfo": 401,
        "introspect": 200,
        "revoke": 200,
        "device_authorization": 401,
    }
