"""A person with a phone beside a device that waits."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.hosted_pages import follow, press
from tests.make_clients import MadeClient
from tests.oauth.calls import ask_for_device, poll


class Device:
    """One device: it calls without cookies and remembers what it was told."""

    def __init__(
        self, http: FlaskClient, client: MadeClient, *, scope: str = "openid", **form
    ) -> None:
        self.http = http.application.test_client(use_cookies=False)
        self.client = client
        self.told = ask_for_device(self.http, client, scope=scope, **form).json

    @property
    def user_code(self) -> str:
        """What stands on its screen."""
        return self.told["user_code"]

    def poll(self, **more) -> TestResponse:
        """Ask whether its person has answered."""
        return poll(self.http, self.client, self.told["device_code"], **more)

    def error(self) -> str:
        """Ask, and return what it is refused with."""
        answer = self.poll()
        assert answer.status_code == 400, answer.text
        return answer.json["error"]


def type_code(http: FlaskClient, code: str) -> TestResponse:
    """Type a code on the first page; return the page that follows."""
    return follow(http, press(http, http.get("/device"), user_code=code))


def answer(http: FlaskClient, device: Device, decision: str) -> TestResponse:
    """Type a device's code and press a button of the second page."""
    page = type_code(http, device.user_code)
    return follow(http, press(http, page, decision=decision))


def connect(http: FlaskClient, device: Device) -> TestResponse:
    """Say yes to a device."""
    return answer(http, device, "allow")
