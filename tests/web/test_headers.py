import pytest


@pytest.mark.parametrize("path", ["/login", "/nothing-here", "/account"])
def test_every_answer_carries_the_security_headers(http, path):
    headers = http.get(path, headers={"Accept": "text/html"}).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains"
    )


@pytest.mark.parametrize("environ", [{"IDP_HSTS_SUBDOMAINS": "false"}])
def test_hosts_below_may_be_left_out_of_https(http):
    headers = http.get("/login").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_page_that_can_end_at_an_app_sends_no_form_action(http):
    headers = http.get("/login").headers
    assert "form-action" not in headers["Content-Security-Policy"]
    assert "Cross-Origin-Opener-Policy" not in headers


def test_scripts_and_styles_come_from_here_only(http):
    policy = http.get("/login").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_static_file_under_its_fingerprint_may_be_kept_for_ever(http):
    page = http.get("/login").text
    start = page.index("/static/")
    url = page[start : page.index('"', start)]
    assert "immutable" in http.get(url).headers["Cache-Control"]


def test_a_static_file_under_another_fingerprint_is_checked_again(http):
    assert http.get("/static/old/idp.css").headers["Cache-Control"] == "no-cache"
