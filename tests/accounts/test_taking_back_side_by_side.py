"""An owner takes an account back by a mailed link while others sign in, at two workers.

Nothing that they had or began is left, and the password they know opens nothing.
"""

import json
import re
import threading
import time
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.accounts.thieves import OLD, BrowserThief, log_in, overtake, two_workers

pytestmark = pytest.mark.processes

ROUNDS = 1
WAIT_SECONDS = 30


@pytest.fixture
def server(tmp_path, database_url):
    with two_workers(tmp_path, database_url) as running:
        yield running


def mailed_link(server, path, *, after=0):
    """Return the newest mailed link to ``path``, which a worker is about to send."""
    mails = server.folder / "mail.jsonl"
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        lines = mails.read_text().splitlines()[after:] if mails.exists() else []
        texts = "\n".join(json.loads(line)["text"] for line in lines)
        found = re.findall(rf"{server.url}{path}\?\S+", texts)
        if found:
            return found[-1]
        time.sleep(0.05)
    raise AssertionError(f"no mail with {path}")


def press(link):
    """Open a link in a browser of its own and press its button."""
    browser, url = requests.Session(), urlsplit(link)
    page = browser.get(link, timeout=30).text
    [token] = parse_qs(url.query)["token"]
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"csrf_token": csrf[1], "token": token}
    place = f"{url.scheme}://{url.netloc}{url.path}"
    return browser.post(place, data=form, timeout=30, allow_redirects=False)


def sent(server):
    """Return how many mails were sent so far."""
    mails = server.folder / "mail.jsonl"
    return len(mails.read_text().splitlines()) if mails.exists() else 0


def ask_for_change(server, password, number):
    """Have the account switch to another address, once that is confirmed."""
    headers = {
        "Authorization": f"Bearer {log_in(server, password).json()['access_token']}"
    }
    body = {"new_email": f"thief{number}@example.com", "password": password}
    url = f"{server.url}/account/email"
    answer = requests.post(url, json=body, headers=headers, timeout=30)
    assert answer.status_code == 202, answer.text


def change_that_waits(server, password, number):
    before = sent(server)
    ask_for_change(server, password, number)
    return mailed_link(server, "/email-change/undo", after=before)


def change_that_was_made(server, password, number):
    before = sent(server)
    ask_for_change(server, password, number)
    assert press(mailed_link(server, "/email-change", after=before)).status_code == 303
    return mailed_link(server, "/email-change/undo", after=before)


def sign_in_of_another(server, password, _number):
    before = sent(server)
    thief = BrowserThief(server, password, over=threading.Event())
    for _ in range(2):  # the first browser that an account knows is no news
        thief.try_once()
    return mailed_link(server, "/login/not-me", after=before)


def set_password(server, led_to, new):
    """Set a password on the page that the button led to."""
    url = urlsplit(led_to)
    assert url.path == "/password-reset"
    body = {"token": parse_qs(url.query)["token"][0], "password": new}
    url = f"{server.url}/auth/password-reset"
    assert requests.post(url, json=body, timeout=30).status_code == 204


@pytest.mark.parametrize(
    "mailed", [change_that_waits, change_that_was_made, sign_in_of_another]
)
def test_nothing_of_the_others_is_left(server, mailed):
    old, left, strange = OLD, [], []
    for number in range(ROUNDS):
        new = f"{number} loud geese in the rain"
        act = partial(press, mailed(server, old, number))
        thieves, answer = overtake(server, old, act)
        left += [what for thief in thieves for what in thief.alive()]
        strange += [each for thief in thieves for each in thief.strange]
        set_password(server, answer.headers["Location"], new)
        old = new
    assert (left, strange) == ([], [])
    assert "access_token" in log_in(server, old).json()
