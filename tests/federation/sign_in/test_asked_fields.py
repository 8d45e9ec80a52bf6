"""Who signs up by a provider tells what it has not told, and an account has to have."""

import pytest

EVE = {"sub": "eve", "email": "eve@example.com", "email_verified": True, "name": "Eve"}


@pytest.fixture(autouse=True)
def asked(acme, make):
    """A provider that tells of languages, where more has to be known."""
    acme(trust_email=True, claims={"locale": "language"})
    make.attributes.define("plan", required_at="register")
    make.policies.decide(
        fields={"locale": "required", "birthdate": "optional", "gender": "hidden"}
    )


def test_what_is_missing_is_asked_for_before_there_is_an_account(traveller, make):
    traveller.sign_in(**EVE, language="de")
    assert traveller.at == "/register/provider"
    form = dict(traveller.browser.page.forms[0].fields)
    assert {*form} >= {"name", "locale", "birthdate", "attributes.plan"}
    assert (form["name"], form["locale"]) == ("Eve", "de")
    traveller.browser.submit()
    assert "This field is required." in traveller.browser.text
    assert make.records.user_id_of("eve@example.com") is None
    told = {"attributes.plan": "paid", "birthdate": "1815"}
    traveller.browser.submit(**told)
    row = make.records.user_row(make.records.user_id_of("eve@example.com"))
    assert row["attributes"] == {"plan": "paid"}
    assert (row["locale"], row["birthdate"]) == ("de", "1815")
    assert traveller.at == "/account"


def test_a_provider_that_tells_all_spares_the_page_of_what_it_can_tell(traveller, make):
    make.attributes.delete("plan")
    traveller.sign_in(**EVE, language="de")
    assert traveller.at == "/account"
