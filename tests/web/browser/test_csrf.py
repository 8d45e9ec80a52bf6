"""The guard, in front of a real app; forms are read from real pages."""

import re

import pytest

from idp.security.refusals.looking import find_refusal_record
from tests.issuer import ISSUER


@pytest.fixture
def form_token(http):
    page = http.get("/login").text
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def post(http, token, **headers):
    form = {"csrf_token": token, "username": "nobody", "password": "wrong"}
    return http.post("/login", data=form, headers=headers)


def test_our_own_form_is_accepted(http, form_token):
    assert post(http, form_token, Origin=ISSUER).status_code == 200


def test_a_browser_that_sends_neither_origin_nor_referer_is_accepted(http, form_token):
    assert post(http, form_token).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "https://sub.idp.example",
        "http://idp.example",
        "https://idp.example:444",
    ],
)
def test_another_origin_is_refused_whatever_the_token(http, form_token, origin):
    assert post(http, form_token, Origin=origin).status_code == 403


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_without_an_origin_the_fetch_metadata_decides(http, form_token, site):
    answer = post(http, form_token, **{"Sec-Fetch-Site": site})
    assert answer.status_code == 403


@pytest.mark.parametrize("token", [None, "", "x", "a.b", "é.é", "0" * 32 + ".forged"])
def test_a_token_that_was_never_issued_here_is_refused(http, form_token, token):
    assert post(http, token, Origin=ISSUER).status_code == 403


def test_the_token_of_another_browser_shows_the_form_again(app, http, form_token):
    other = app.test_client()
    other.get("/login", base_url=ISSUER)
    answer = other.post(
        "/login",
        base_url=ISSUER,
        data={"csrf_token": form_token, "return_to": "/account?a=b"},
    )
    assert answer.status_code == 200
    assert "Nothing was done yet" in answer.text
    assert 'name="return_to" value="/account?a=b"' in answer.text


def test_a_refusal_is_kept_under_the_reference_of_the_page(app, http, make):
    page = http.post("/login", headers={"Accept": "text/html"})
    assert page.status_code == 403
    assert make.records.counted("csrf.rejected") == 1
    with app.app_context():
        found = find_refusal_record(page.headers["X-Request-Id"])
    assert found.check == "csrf_rejected"
    assert found.reference in page.text


def test_one_of_who_is_signed_in_is_in_the_audit_log(http, make):
    ada = make.users.account()
    make.browsers.sign_in(http, person=ada)
    foreign = {"Origin": "https://evil.example"}
    assert http.post("/logout", headers=foreign).status_code == 403
    assert make.records.audited("csrf.rejected") == [("refused", ada.id)]
