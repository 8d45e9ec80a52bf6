"""One running server for all libraries, and a person with a browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.clients.seed import CALLBACK, PASSWORD, SEED
from tests.databases import Databases
from tests.hosted_pages import PageReader
from tests.serving import Serving, serving

# Devices of these tests wait as little as they may.
QUICK = {"IDP_DEVICE_INTERVAL_SECONDS": "1"}


@pytest.fixture(scope="session")
def server(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """The server in development, on the database kind of this run."""
    folder: Path = tmp_path_factory.mktemp("clients")
    seed = folder / "seed.toml"
    seed.write_text(SEED)
    arguments = ["--seed", str(seed)]
    with databases.fresh() as url:
        environ = {"IDP_DATABASE_URL": url, "IDP_DEMO": "false", **QUICK}
        with serving(folder, *arguments, environ=environ) as started:
            yield started


class Person:
    """Ada and her browser: she reads pages and presses their buttons."""

    def __init__(self, server: Serving) -> None:
        self.server = server
        self.browser = requests.Session()

    def visit(self, url: str) -> str:
        """Go where an app sends her; return where the server sends her back to."""
        answer = self.browser.get(url, allow_redirects=False)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if target.startswith(CALLBACK):
                    return target
                answer = self.browser.get(target, allow_redirects=False)
            else:
                answer = self.press(answer)
        raise AssertionError(f"she never came back: {answer.url} {answer.text}")

    def press(self, answer: requests.Response) -> requests.Response:
        """Sign in, or allow what the app asks for."""
        typed = {"username": "ada", "password": PASSWORD, "decision": "allow"}
        return self.send(answer, typed, allow_redirects=False)

    def connect(self, user_code: str) -> str:
        """Sign in at /device, type a code and say yes; return the last page."""
        answer = self.browser.get(f"{self.server.url}/device")
        for typed in (
            {"username": "ada", "password": PASSWORD},
            {"user_code": user_code},
            {"decision": "allow"},
        ):
            answer = self.send(answer, typed)
        return answer.text

    def send(
        self, answer: requests.Response, typed: dict[str, str], **options: bool
    ) -> requests.Response:
        """Send the form of a page with what is typed."""
        assert answer.status_code == 200, answer.text
        page = PageReader()
        page.feed(answer.text)
        form = page.forms[0]
        fields = [(n, typed.get(n, v)) for n, v in form.fields]
        present = {name for name, _ in fields}
        fields += [(n, v) for n, v in typed.items() if n not in present]
        action = urljoin(answer.url, form.action)
        headers = {"Origin": self.server.url}
        return self.browser.post(action, data=fields, headers=headers, **options)

    def close(self) -> None:
        """Close the browser."""
        self.browser.close()


@pytest.fixture
def ada(server: Serving) -> Iterator[Person]:
    """A person at a browser without history."""
    person = Person(server)
    yield person
    person.close()
