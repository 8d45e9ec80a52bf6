"""The look of an app on the pages that serve it."""

from io import BytesIO

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.admin.pages.pages_of_clients import errors_of
from tests.pictures import SVG, png
from tests.rp import RelyingParty


@pytest.fixture
def client(make):
    return make.clients.spa()


@pytest.fixture
def visitor(app):
    """A browser of somebody who is not signed in."""
    return app.test_client()


def path_of(client) -> str:
    return f"/admin/clients/{client.client_id}/branding"


def upload(admin, client, content: bytes, *, field="logo", name="logo.png"):
    return admin.send(path_of(client), {field: (BytesIO(content), name)})


def login_page(visitor, client) -> str:
    return RelyingParty(visitor, client).reach().text


def brand_url(page: str, client, ending: str) -> str:
    start = page.index(f"/brand/{client.client_id}.")
    urls = [part.split('"')[0] for part in page[start - 1 :].split('"')]
    return next(
        url for url in urls if url.startswith("/brand/") and url.endswith(ending)
    )


def test_a_colour_reaches_the_sign_in_page_as_a_stylesheet(admin, client, visitor):
    assert "/brand/" not in login_page(visitor, client)
    assert admin.send(path_of(client), {"colour": "#FFEE00"}).status_code == 303
    page = login_page(visitor, client)
    url = brand_url(page, client, ".css")
    assert page.index("/idp.css") < page.index(url)
    sheet = visitor.get(url)
    assert sheet.mimetype == "text/css"
    assert "--brand:#ffee00;--on-brand:#000000" in sheet.text
    assert "immutable" in sheet.headers["Cache-Control"]


def test_another_colour_has_another_name_and_the_old_name_is_not_kept(
    admin, client, visitor
):
    admin.send(path_of(client), {"colour": "#ffee00"})
    old = brand_url(login_page(visitor, client), client, ".css")
    admin.send(path_of(client), {"colour": "#00ee00"})
    assert brand_url(login_page(visitor, client), client, ".css") != old
    answer = visitor.get(old)
    assert "--brand:#00ee00" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_colour_is_taken_away_again(admin, client, visitor):
    admin.send(path_of(client), {"colour": "#ffee00"})
    admin.send(path_of(client), {"colour": ""})
    assert "/brand/" not in login_page(visitor, client)


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#123456;}"])
def test_another_spelling_of_a_colour_is_refused(admin, client, colour):
    page = admin.send(path_of(client), {"colour": colour})
    assert "six hexadecimal digits" in errors_of(page)


def test_a_logo_is_shown_to_who_signs_in_with_the_name_of_the_app(
    admin, client, visitor
):
    assert upload(admin, client, png()).status_code == 303
    page = login_page(visitor, client)
    url = brand_url(page, client, ".webp")
    assert f'src="{url}" alt="Notes"' in page
    logo = visitor.get(url)
    assert logo.mimetype == "image/webp"
    assert "immutable" in logo.headers["Cache-Control"]
    assert Image.open(BytesIO(logo.data)).size == (128, 128)


def test_the_consent_page_has_the_look_too(admin, client):
    admin.send(path_of(client), {"colour": "#ffee00"})
    page = RelyingParty(admin.http, client).reach()
    assert "wants to use your" in page.text
    assert brand_url(page.text, client, ".css")


def test_dark_pages_have_their_own_logo(admin, client, visitor):
    upload(admin, client, png())
    upload(admin, client, png((255, 255, 255)), field="dark_logo")
    page = login_page(visitor, client)
    assert '<source media="(prefers-color-scheme: dark)" srcset="/brand/' in page
    visitor.set_cookie("idp-theme", "light", domain="idp.example")
    assert "<source" not in login_page(visitor, client)


def test_an_svg_may_run_nothing_even_when_it_is_opened_by_itself(
    admin, client, visitor
):
    upload(admin, client, SVG, name="logo.svg")
    logo = visitor.get(brand_url(login_page(visitor, client), client, ".svg"))
    assert logo.data == SVG
    assert logo.mimetype == "image/svg+xml"
    policy = logo.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert logo.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_no_picture_is_refused_beside_its_field(admin, client, visitor):
    page = upload(admin, client, b"<html>", field="dark_logo")
    errors = errors_of(page)
    assert "no PNG, WebP, JPEG or SVG" in errors
    assert 'href="#dark_logo"' in errors
    assert "/brand/" not in login_page(visitor, client)


def test_one_mistake_keeps_all_of_it_back(admin, client, visitor):
    sent = {
        "colour": "#ffee00",
        "policy_uri": "http://app.example/privacy",
        "logo": (BytesIO(b"nothing"), "logo.png"),
    }
    errors = errors_of(admin.send(path_of(client), sent))
    assert "must begin with https://" in errors
    assert "no PNG, WebP, JPEG or SVG" in errors
    assert "/brand/" not in login_page(visitor, client)


def test_a_file_beyond_the_limit_is_refused_without_being_read(admin, client):
    heavy = FileStorage(BytesIO(bytes(5_000_000)), "a.png")
    boundary, body = encode_multipart({"logo": heavy})
    answer = admin.http.post(
        path_of(client),
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    assert answer.status_code == 413


def test_only_pages_that_take_files_take_large_bodies(admin, client):
    path = f"/admin/clients/{client.client_id}/consent"
    sent = {"scope": "openid", "file": (BytesIO(bytes(100_000)), "a")}
    assert admin.send(path, sent).status_code == 413


def test_a_logo_is_removed_with_its_file(admin, client, visitor):
    upload(admin, client, png())
    url = brand_url(login_page(visitor, client), client, ".webp")
    admin.send(path_of(client), {"remove_logo": "1"})
    assert "/brand/" not in login_page(visitor, client)
    assert visitor.get(url).status_code == 404


def test_files_of_unknown_apps_and_names_are_404(http, client):
    for name in (
        "nobody.x.css",
        f"{client.client_id}.x.css",
        f"{client.client_id}.x.png",
    ):
        assert http.get(f"/brand/{name}").status_code == 404


def test_the_preview_shows_either_scheme(admin, client):
    admin.send(path_of(client), {"colour": "#ffee00"})
    for theme in ("light", "dark"):
        page = admin.open(f"{path_of(client)}/preview", theme=theme).text
        assert f'data-theme="{theme}"' in page
        assert brand_url(page, client, ".css")
