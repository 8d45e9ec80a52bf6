import pytest

from idp.app import create_app
from idp.core.settings.server import ServerSettings
from idp.ops.configuration import configure
from idp.web.http.hosts import MOST_TOLD, HostRule


@pytest.mark.parametrize("host", ["idp.example", "IDP.example", "idp.example:443"])
def test_the_issuers_own_host_is_served(http, host):
    assert http.get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "idp.example.evil.example", "idp.example:80", "", "a b"]
)
def test_another_host_is_misdirected(http, host):
    assert http.get("/login", headers={"Host": host}).status_code in (400, 421)


@pytest.mark.parametrize("path", ["/auth/me", "/oauth2/token", "/login"])
def test_a_refused_host_is_told_the_right_one_and_the_setting(http, path):
    accept = "text/html" if path == "/login" else "application/json"
    headers = {"Host": "127.0.0.1:8000", "Accept": accept}
    answer = http.get(path, headers=headers)
    assert answer.status_code == 421
    for word in ("127.0.0.1:8000", "idp.example", "Host", "IDP_HOST_ALIASES"):
        assert word in answer.text


def test_of_a_host_that_is_refused_no_more_is_repeated_than_a_name_can_be(http):
    answer = http.get("/auth/me", headers={"Host": "a" * 4000})
    assert "a" * 253 in answer.text
    assert "a" * 254 not in answer.text


def test_the_log_names_a_host_that_is_refused_once_and_the_setting(settings, caplog):
    rule = HostRule(settings[ServerSettings])
    assert not any(rule.serves("proxied.example") for _ in range(2))
    (told,) = caplog.records
    assert (told.host, told.expected) == ("proxied.example", "idp.example")
    assert told.setting == "IDP_HOST_ALIASES"
    assert not any(rule.serves(f"{number}.example") for number in range(100))
    assert len(caplog.records) == MOST_TOLD


def test_probes_answer_to_any_host(http):
    assert http.get("/healthz", headers={"Host": "10.0.0.3:8000"}).status_code == 200


class TestInDevelopment:
    """Every loopback name is an alias, and pages move to the issuer's."""

    @pytest.fixture
    def http(self, database_url):
        settings = {
            "IDP_ENVIRONMENT": "development",
            "IDP_DATABASE_URL": database_url,
            "IDP_SECRET_KEY": "x" * 32,
        }
        return create_app(configure(settings)).test_client()

    def test_a_page_under_the_address_moves_to_the_name(self, http):
        page = http.get(
            "/login?a=b",
            base_url="http://127.0.0.1:8000",
            headers={"Accept": "text/html"},
        )
        assert page.status_code == 302
        assert page.location == "http://localhost:8000/login?a=b"

    def test_programs_are_served_under_every_loopback_name(self, http):
        for name in ("localhost", "127.0.0.1", "[::1]"):
            document = http.get(
                "/.well-known/openid-configuration", base_url=f"http://{name}:8000"
            )
            assert document.json["issuer"] == "http://localhost:8000"

    def test_the_wrong_port_is_misdirected(self, http):
        answer = http.get("/login", base_url="http://localhost:8001")
        assert answer.status_code == 421
