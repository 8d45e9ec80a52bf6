"""Adding a provider by the address of its discovery document."""

import pytest

from idp.federation.discovery_url import with_issuer_found
from idp.federation.providers.cache import find_provider
from idp.federation.providers.errors import InvalidProvider
from tests.admin.pages.pages_of_clients import AdminBrowser
from tests.api.callers import Program
from tests.issuer import IssuerClient

DOCUMENT = "/.well-known/openid-configuration"


def found(app, url, **said):
    with app.app_context():
        return with_issuer_found({"issuer": url, **said})


def test_the_document_says_who_its_issuer_is(app, peer):
    assert found(app, f"{peer.url}{DOCUMENT}") == {"issuer": peer.url}
    peer.documents = {"issuer": f"{peer.url}/"}
    assert found(app, f"{peer.url}{DOCUMENT}") == {"issuer": f"{peer.url}/"}


def test_how_it_wants_a_secret_is_taken_from_it_unless_that_is_said(app, peer):
    peer.documents = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    url = f"{peer.url}{DOCUMENT}"
    assert found(app, url)["auth_method"] == "client_secret_post"
    said = {"auth_method": "client_secret_basic"}
    assert found(app, url, **said)["auth_method"] == "client_secret_basic"


def test_an_issuer_is_not_asked(app, peer):
    assert found(app, peer.url) == {"issuer": peer.url}
    assert peer.paths == []


@pytest.mark.parametrize("issuer", ["https://evil.example", None, ["x"]])
def test_a_document_about_another_is_refused(app, peer, issuer):
    peer.documents = {"issuer": issuer}
    with pytest.raises(InvalidProvider) as refusal:
        found(app, f"{peer.url}{DOCUMENT}")
    [error] = refusal.value.errors
    assert (error.field, str(error.message)) == (
        "issuer", "leads to no document of a provider",
    )  # fmt: skip


def test_an_address_without_a_document_is_refused(app, peer):
    peer.status = 404
    with pytest.raises(InvalidProvider):
        found(app, f"{peer.url}{DOCUMENT}")


def test_the_page_takes_the_address_of_the_document(app, make, http, peer):
    make.browsers.sign_in(http, roles=["admin"])
    typed = {
        "name": "Acme",
        "provider_id": "acme",
        "issuer": f"{peer.url}{DOCUMENT}",
        "client_id": "us",
        "client_secret": "hush",
        "scopes": "openid",
    }
    path = "/admin/providers/new?preset=oidc"
    assert AdminBrowser(http).send(path, typed).status_code == 303
    with app.app_context():
        assert find_provider("acme").issuer == peer.url


def test_the_api_takes_it_too_and_answers_again_as_before(app, make, peer):
    make.clients.spa()
    app.test_client_class = IssuerClient
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(make.users.account(roles=["admin"]))
    body = {
        "id": "acme",
        "name": "Acme",
        "issuer": f"{peer.url}{DOCUMENT}",
        "client_id": "us",
        "client_secret": "hush",
        "scopes": ["openid"],
    }
    key = {"Idempotency-Key": "one"}
    made, again = (
        program.send("POST", "/api/admin/providers", body, headers=key)
        for _ in range(2)
    )
    assert (made.status_code, made.json["issuer"]) == (201, peer.url)
    assert again.json == made.json
