"""Logos that clients register by their address: copied, and served from here."""

import pytest

from idp.core.db import db
from idp.oauth.clients.changes import change_client
from idp.oauth.clients.declared import apply_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.models import Client, ClientLogo
from tests.pictures import png
from tests.rp import RelyingParty
from tests.security.outbound.peers import Authority, answering, peer


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def environ(authority, tmp_path):
    return {
        "IDP_OUTBOUND_NETWORKS": "127.0.0.0/8 ::1",
        "IDP_OUTBOUND_CA_FILE": str(authority.write(tmp_path / "corp.pem")),
    }


def logos(app) -> int:
    with app.app_context():
        return db.session.query(ClientLogo).count()


def change(app, client, **members) -> None:
    with app.app_context():
        registered = db.session.get_one(Client, client.client_id).registered
        change_client(client.client_id, {**registered, **members})
        db.session.commit()


def test_it_is_fetched_once_and_shown_from_here(app, http, make, authority):
    with peer(answering(png()), authority.server("localhost")) as server:
        uri = f"https://localhost:{server.port}/logo.png"
        client = make.clients.spa(logo_uri=uri)
        change(app, client, client_name="Renamed")
        assert len(server.requests) == 1
    page = RelyingParty(http, client).reach().text
    src = page.split('class="logo" src="')[1].split('"')[0]
    assert src.startswith(f"/brand/{client.client_id}.")
    assert http.get(src).mimetype == "image/webp"
    change(app, client, logo_uri=None)
    assert logos(app) == 0


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (answering(b"<script>alert(1)</script>"), "no PNG, WebP, JPEG or SVG"),
        (answering(b"", "404 Not Found"), "answered 404"),
        (answering(b"", "302 Found", "Location: https://10.0.0.1/"), "lies elsewhere"),
        (answering(b"x" * 300_000), "larger than 256 KB"),
    ],
    ids=["text", "missing", "redirect", "large"],
)
def test_without_a_logo_there_is_no_client_but_a_declared_one(
    app, make, authority, talk, said
):
    with peer(talk, authority.server("localhost")) as server:
        uri = f"https://localhost:{server.port}/logo.png"
        with pytest.raises(InvalidClientMetadata, match=f"logo_uri: .*{said}"):
            make.clients.spa(logo_uri=uri)
        declared = {
            "client_id": "notes",
            "token_endpoint_auth_method": "none",
            "redirect_uris": ["https://app.example/callback"],
            "logo_uri": uri,
        }
        with app.app_context():
            (remark,) = apply_client(declared)
            assert "logo_uri" not in db.session.get_one(Client, "notes").registered
    assert "left out" in remark
    assert len(server.requests) == 2


def test_nothing_inside_is_asked(make):
    with pytest.raises(InvalidClientMetadata, match="must be public"):
        make.clients.spa(logo_uri="https://169.254.169.254/latest/meta-data")
