"""URLs that this server will request are looked at when they are registered."""

import pytest

from idp.core.db import db
from idp.oauth.clients.declared import apply_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.models import Client

LOOPBACK = "http://127.0.0.1:9102/backchannel"
DECLARED = {
    "client_id": "notes",
    "client_secret": "a secret for this test",
    "redirect_uris": ["https://app.example/callback"],
    "id_token_signed_response_alg": "ES256",
    "backchannel_logout_uri": LOOPBACK,
}


def declare(app):
    """Apply the declaration; return what is registered and the remarks."""
    with app.app_context():
        remarks = apply_client(DECLARED)
        db.session.commit()
        return db.session.get_one(Client, "notes").registered, remarks


def test_an_address_inside_is_refused(make):
    with pytest.raises(
        InvalidClientMetadata, match="must be https on a public address"
    ):
        make.clients.client(backchannel_logout_uri=LOOPBACK)


def test_a_declared_one_is_left_out_with_a_remark(app):
    registered, (remark,) = declare(app)
    assert "backchannel_logout_uri" not in registered
    assert remark.startswith("backchannel_logout_uri must be https")
    assert "IDP_ALLOW_LOOPBACK_FETCH" in remark


class TestWithThisMachineOpen:
    """A development server that may call apps beside it."""

    @pytest.fixture
    def environ(self):
        return {
            "IDP_ENVIRONMENT": "development",
            "IDP_ALLOW_LOOPBACK_FETCH": "true",
        }

    def test_it_is_registered(self, app):
        registered, remarks = declare(app)
        assert registered["backchannel_logout_uri"] == LOOPBACK
        assert remarks == []
