"""What operators call the server and how it looks: the page, and a seed."""

import pytest
from sqlalchemy import select

from idp.administration.branding.changes import InvalidBranding
from idp.administration.branding.declared import apply_branding
from idp.core.branding.instance import instance_branding
from idp.core.branding.model import InstanceLogo
from idp.core.db import db
from idp.mail.rendering import sample_mail
from tests.pictures import png

PATH = "/admin/branding"
LOOK = {
    "name": "Acme <b>ID</b>",
    "colour": "#B3261E",
    "support_uri": "https://acme.example/help",
}


@pytest.fixture
def visitor(app):
    return app.test_client()


def test_the_page_shows_the_true_pages_before_anything_is_kept(admin, visitor):
    sent = LOOK | {"shown": "sign_in", "theme": "dark"}
    shown = admin.send(f"{PATH}/preview", sent, on=PATH)
    assert "Acme &lt;b&gt;ID&lt;/b&gt;" in shown.text
    assert 'data-theme="dark"' in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert "<script" not in shown.text, "its frame runs none"
    half = admin.send(f"{PATH}/preview", LOOK | {"colour": "#b3"}, on=PATH)
    assert "/branding/" not in half.text
    mail = admin.send(f"{PATH}/preview", LOOK | {"shown": "mail"}, on=PATH)
    assert "background:#b3261e" in mail.text
    sign_up = admin.send(f"{PATH}/preview", LOOK | {"shown": "sign_up"}, on=PATH)
    assert 'action="/register"' in sign_up.text
    assert "Acme &lt;b&gt;ID&lt;/b&gt;" in sign_up.text
    assert 'value="Acme' not in sign_up.text, "nothing is typed there"
    assert "Acme" not in visitor.get("/login").text
    assert admin.send(PATH, LOOK).status_code == 303
    assert "Acme" in visitor.get("/login").text


class TestDocumentsThatPeopleAccept:
    @pytest.fixture
    def environ(self):
        documents = ("TERMS", "PRIVACY")
        return {f"IDP_{each}_URL": f"https://a.example/{each}" for each in documents}

    def test_they_are_linked_where_branding_names_none(self, app, http, tmp_path):
        with app.app_context():
            own = {"terms_uri": "https://acme.example/terms"}
            apply_branding(own, folder=tmp_path)
            db.session.commit()
            mail = sample_mail(instance_branding(), language="en")
        for shown in (mail, http.get("/login").text):
            assert "https://a.example/PRIVACY" in shown
            assert "https://acme.example/terms" in shown
            assert "https://a.example/TERMS" not in shown


def test_a_declared_look_is_that_of_the_file(app, tmp_path):
    (tmp_path / "logo.png").write_bytes(png())
    with app.app_context():
        apply_branding({"name": "Acme", "logo": "logo.png"}, folder=tmp_path)
        db.session.commit()
        assert instance_branding().name == "Acme"
        assert len(db.session.scalars(select(InstanceLogo)).all()) == 1
        with pytest.raises(InvalidBranding):
            apply_branding({"logo": "missing.png"}, folder=tmp_path)
