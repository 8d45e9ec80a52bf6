"""RFC 9207: the issuer in authorization responses, against mix-up."""

from urllib.parse import urlencode

import pytest

from tests.hosted_pages import follow, read_page
from tests.rp import RelyingParty

ISSUER = "https://idp.example"


@pytest.fixture
def rp(http, make):
    """An app whose person is signed in and has allowed everything."""
    client = make.clients.spa(scope="openid profile email")
    signed_in = make.browsers.sign_in(http)
    make.clients.consent(signed_in.person, client, "openid profile email")
    return RelyingParty(http, client)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"prompt": "none", "max_age": "0"},
        {"scope": "x"},
        {"response_type": "x"},
        {"response_mode": "form_post"},
        {"response_mode": "fragment"},
    ],
)
def test_section_2_every_response_names_the_issuer(rp, changed):
    fields = rp.fields_of(rp.ask(**changed))
    assert fields["iss"] == ISSUER


def test_section_3_the_metadata_says_so(rp):
    assert rp.metadata["authorization_response_iss_parameter_supported"] is True


def test_section_2_it_is_the_issuer_of_the_metadata_and_of_the_id_token(rp):
    answer = rp.ask()
    assert rp.fields_of(answer)["iss"] == rp.metadata["issuer"]
    assert rp.finish(answer).claims["iss"] == rp.metadata["issuer"]


def test_section_2_a_request_that_waited_names_it_too(rp):
    assert rp.fields_of(rp.cancel(rp.reach(prompt="consent")))["iss"] == ISSUER
    assert rp.fields_of(rp.allow(rp.reach(prompt="consent")))["iss"] == ISSUER


def test_section_2_an_answer_to_a_posted_request_names_it_too(rp, http):
    stored = http.post("/oauth2/authorize", data=rp.parameters())
    assert rp.fields_of(follow(http, stored))["iss"] == ISSUER
    refused = http.post("/oauth2/authorize", data=rp.parameters(scope="x"))
    assert rp.fields_of(refused)["iss"] == ISSUER


def test_section_2_4_it_stands_in_the_answer_once(rp, http):
    query = urlencode(rp.parameters(iss="https://evil.example"))
    answer = http.get(f"/oauth2/authorize?{query}")
    assert answer.location.count("iss=") == 1
    assert rp.fields_of(answer)["iss"] == ISSUER


def test_section_4_no_answer_leaves_before_client_and_redirect_uri_are_known(rp):
    page = rp.ask(redirect_uri="https://evil.example/")
    assert page.status_code == 400
    assert "evil.example/?" not in "".join(read_page(page).links)
