"""/api/admin/branding: what the server is called, on its pages and in its mails."""

import pytest
from sqlalchemy import select

from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.mail.rendering import render
from tests.api.callers import fields
from tests.pictures import SVG, png

API = "/api/admin/branding"
LOOK = {
    "name": "Acme <b>ID</b>",
    "colour": "#B3261E",
    "support_uri": "https://acme.example/help",
}


@pytest.fixture
def operator(program, make):
    """A program of somebody who may change how the server looks."""
    program.sign_in(make.users.account(roles=["admin"]))
    return program


@pytest.fixture
def visitor(app):
    return app.test_client()


def put(who, which: str, content: bytes, kind="image/png"):
    headers = {"Content-Type": kind}
    return who.send("PUT", f"{API}/{which}", data=content, headers=headers)


def test_pages_and_mails_have_the_name_colour_logo_and_links(
    app, operator, visitor, make
):
    told = operator.send("PATCH", API, LOOK).json
    assert told["colour"] == "#b3261e"
    logo = put(operator, "logo", png()).json["logo_uri"]
    put(operator, "dark-logo", SVG, "image/svg+xml")
    page = visitor.get("/login").text
    assert "Acme &lt;b&gt;ID&lt;/b&gt;" in page
    assert f'href="{LOOK["support_uri"]}" rel="noopener noreferrer"' in page
    assert logo.removeprefix("https://idp.example") in page
    sheet = page.split('href="/branding/')[1].split('"')[0]
    answer = visitor.get(f"/branding/{sheet}")
    assert "--brand:#b3261e;--on-brand:#ffffff" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]
    make.users.account("grace@example.com")
    operator.post("/auth/password-reset/email", {"email": "grace@example.com"})
    assert make.records.mail_to("grace@example.com").kind == "password_reset"
    with app.app_context():
        mail = render(db.session.scalars(select(OutboxMessage)).one())
    assert "Acme <b>ID</b>" in mail.subject
    assert "background:#b3261e;color:#ffffff" in mail.html
    assert LOOK["support_uri"] in mail.text
    operator.send("DELETE", f"{API}/logo")
    gone = operator.send("PATCH", API, {"name": None, "support_uri": None}).json
    assert (gone["name"], gone["support_uri"], gone["logo_uri"]) == (None, None, None)
    assert visitor.get(logo).status_code == 404
    assert len(make.records.audited("branding.changed")) == 5


def test_what_cannot_be_is_refused_and_nothing_is_kept(operator):
    wrong = {
        "name": "x" * 65,
        "colour": "red;}body{display:none",
        "terms_uri": "javascript:alert(1)",
    }
    assert fields(operator.send("PATCH", API, wrong)) == {
        "name": "too_long",
        "colour": "invalid",
        "terms_uri": "invalid",
    }
    assert fields(put(operator, "logo", b"<svg")) == {"picture": "invalid_picture"}
    assert operator.get("/branding/red;}.x.css").status_code == 404
    assert set(operator.get(API).json.values()) == {None}
