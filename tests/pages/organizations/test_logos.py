"""The logo of an organization: sent or linked, served from here, and where it shows."""

from io import BytesIO

import pytest

from idp.core.db import db
from idp.organizations.models import OrganizationLogo
from idp.security.ratelimit.budgets import OWN_LOGO
from tests.hosted_pages import ORIGIN
from tests.pictures import png
from tests.rp import RelyingParty
from tests.security.outbound.peers import Authority, answering, peer

PATH = "/account/orgs"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def environ(authority, tmp_path):
    return {
        "IDP_ENVIRONMENT": "development",
        "IDP_ALLOW_LOOPBACK_FETCH": "true",
        "IDP_OUTBOUND_CA_FILE": str(authority.write(tmp_path / "corp.pem")),
    }


@pytest.fixture
def page(browser, make):
    ada = make.users.account()
    browser.sign_in(ada.email, ada.password)
    browser.home = f"{PATH}/{make.organizations.found(ada, name='Acme')}"
    return browser


def save(page, **sent):
    """Save the settings as they are shown, with what is sent otherwise."""
    page.open(f"{page.home}/settings")
    form = next(f for f in page.page.forms if "logo_uri" in dict(f.fields))
    data = dict(form.fields) | {"act": "save"} | sent
    headers = {"Origin": ORIGIN, "Accept": "text/html"}
    page.follow(page.http.post(f"{page.home}/settings", data=data, headers=headers))


def logo_of(page) -> str | None:
    _, found, rest = page.open(page.home).text.partition('class="logo" src="')
    return rest.split('"')[0] if found else None


def rows(app) -> int:
    with app.app_context():
        return db.session.query(OrganizationLogo).count()


def test_a_file_is_kept_until_it_is_removed(app, page, make, another_browser):
    save(page, logo=(BytesIO(b"no picture"), "logo.png"))
    assert "no PNG, WebP, JPEG or SVG" in page.text
    save(page, logo=(BytesIO(png()), "logo.png"))
    src = logo_of(page)
    assert page.http.get(src).mimetype == "image/webp"
    save(page, name="Renamed")
    assert src in page.open(PATH).text
    acme = page.home.removeprefix(f"{PATH}/")
    invited = make.invites.invite("grace@example.com", into=acme)
    stranger = another_browser()
    assert src in stranger.open(invited).text
    shown, spa = f'class="logo" src="{src}" alt="Renamed"', make.clients.spa()
    # anybody can make one: a picture among strangers is an operator's to let
    asked = RelyingParty(page.http, spa).reach(organization=acme, prompt="login").text
    assert shown in asked
    rp = RelyingParty(stranger.http, spa)
    assert shown not in rp.reach(organization=acme).text
    make.organizations.approve(acme)
    assert shown in rp.reach(organization=acme).text
    save(page, remove_logo="y")
    assert logo_of(page) is None
    assert (rows(app), page.http.get(src).status_code) == (0, 404)


def test_a_link_is_followed_once_and_gives_way_to_a_file(app, page, authority):
    with peer(answering(png()), authority.server("localhost")) as server:
        uri = f"https://localhost:{server.port}/logo.png"
        save(page, logo_uri=uri)
        linked = logo_of(page)
        save(page, name="Renamed")
        assert len(server.requests) == 1
    assert linked.startswith("/pictures/")
    assert f'value="{uri}"' in page.open(f"{page.home}/settings").text
    save(page, logo=(BytesIO(png((0, 99, 0))), "logo.png"))
    assert logo_of(page) not in (None, linked)
    assert (rows(app), page.http.get(linked).status_code) == (1, 404)


def test_a_link_without_a_logo_changes_nothing(page):
    save(page, name="Renamed", logo_uri="https://192.168.0.1/logo.png")
    assert "its address must be public" in page.text
    assert "Acme" in page.open(page.home).text


def test_files_are_counted_before_they_are_decoded(app, page):
    acme = page.home.removeprefix(f"{PATH}/")
    with app.app_context():
        for _ in range(30):
            OWN_LOGO.meter(acme).count()
    save(page, logo=(BytesIO(b"no picture"), "logo.png"))
    assert page.response.status_code == 429
