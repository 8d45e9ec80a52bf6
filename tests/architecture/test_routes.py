"""Every route of the server, with its face, who may call it, and what guards it.

A new route needs its line here; what a line claims is then tried over HTTP.
"""

import re
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from idp.endpoints import FOR_PROGRAMS
from idp.web.json.openapi import undocumented_routes

pytestmark = pytest.mark.any_database

ISSUER = "https://idp.example"


class Route(NamedTuple):
    """One method of one path.

    ``caller`` is who must be known: anyone; session, a signed-in browser; request, one
    that came with an authorization request; client, an authenticated client; token, an
    access token; account, an access token for the account API or a signed-in browser;
    machine, a loopback peer in development. ``csrf`` is guarded for state changes of
    browsers, header where X-CSRF-Token goes with their cookies, exempt where the caller
    sends what no foreign page can, and empty where nothing changes.
    """

    method: str
    path: str
    face: str
    caller: str
    csrf: str = ""


ROUTES = [
    Route("GET", "/", "page", "anyone"),
    Route("GET", "/.well-known/change-password", "page", "anyone"),
    Route("GET", "/.well-known/jwks.json", "protocol", "anyone"),
    Route("GET", "/.well-known/oauth-authorization-server", "protocol", "anyone"),
    Route("GET", "/.well-known/openid-configuration", "protocol", "anyone"),
    Route("GET", "/account", "page", "session"),
    Route("GET", "/account/activity", "json", "account"),
    Route("GET", "/account/activity", "page", "session"),
    Route("GET", "/account/activity/not-me", "page", "session"),
    Route("POST", "/account/activity/not-me", "page", "session", "guarded"),
    Route("GET", "/account/apps", "json", "account"),
    Route("GET", "/account/apps", "page", "session"),
    Route("DELETE", "/account/apps/<path:client_id>", "json", "account", "header"),
    Route(
        "POST",
        "/account/apps/<segment:client_id>/revoke",
        "page",
        "session",
        "guarded",
    ),
    Route("GET", "/account/confirm", "page", "session"),
    Route("POST", "/account/confirm", "page", "session", "guarded"),
    Route("GET", "/account/data", "page", "session"),
    Route("POST", "/account/data/delete", "page", "session", "guarded"),
    Route("POST", "/account/data/export", "page", "session", "guarded"),
    Route("GET", "/account/deletion", "page", "anyone"),
    Route("GET", "/account/deletion/undo", "page", "anyone"),
    Route("POST", "/account/deletion/undo", "page", "anyone", "guarded"),
    Route("GET", "/account/deletion/undo/done", "page", "anyone"),
    Route("GET", "/account/email", "page", "session"),
    Route("POST", "/account/email", "json", "account", "header"),
    Route("POST", "/account/email", "page", "session", "guarded"),
    Route("POST", "/account/email/cancel", "page", "session", "guarded"),
    Route("POST", "/account/email/confirm", "page", "session", "guarded"),
    Route("POST", "/account/email/resend", "page", "session", "guarded"),
    Route("POST", "/account/export", "json", "account", "header"),
    Route("GET", "/account/password", "page", "session"),
    Route("POST", "/account/password", "page", "session", "guarded"),
    Route("GET", "/account/profile", "json", "account"),
    Route("GET", "/account/profile", "page", "session"),
    Route("PATCH", "/account/profile", "json", "account", "header"),
    Route("POST", "/account/profile", "page", "session", "guarded"),
    Route("PUT", "/account/profile", "json", "account", "header"),
    Route("GET", "/account/security", "page", "session"),
    Route("DELETE", "/account/sessions", "json", "account", "header"),
    Route("GET", "/account/sessions", "json", "account"),
    Route("GET", "/account/sessions", "page", "session"),
    Route("DELETE", "/account/sessions/<device_id>", "json", "account", "header"),
    Route("POST", "/account/sessions/<device_id>/revoke", "page", "session", "guarded"),
    Route("POST", "/account/sessions/revoke", "page", "session", "guarded"),
    Route("GET", "/admin/clients", "page", "session"),
    Route("GET", "/admin/clients/<segment:client_id>", "page", "session"),
    Route("GET", "/admin/clients/<segment:client_id>/activity", "page", "session"),
    Route("GET", "/admin/clients/<segment:client_id>/branding", "page", "session"),
    Route(
        "POST",
        "/admin/clients/<segment:client_id>/branding",
        "page",
        "session",
        "guarded",
    ),
    Route(
        "GET", "/admin/clients/<segment:client_id>/branding/preview", "page", "session"
    ),
    Route("GET", "/admin/clients/<segment:client_id>/consent", "page", "session"),
    Route(
        "POST",
        "/admin/clients/<segment:client_id>/consent",
        "page",
        "session",
        "guarded",
    ),
    Route("GET", "/admin/clients/<segment:client_id>/danger", "page", "session"),
    Route(
        "POST",
        "/admin/clients/<segment:client_id>/danger",
        "page",
        "session",
        "guarded",
    ),
    Route("GET", "/admin/clients/<segment:client_id>/secrets", "page", "session"),
    Route(
        "POST",
        "/admin/clients/<segment:client_id>/secrets",
        "page",
        "session",
        "guarded",
    ),
    Route("GET", "/admin/clients/<segment:client_id>/settings", "page", "session"),
    Route(
        "POST",
        "/admin/clients/<segment:client_id>/settings",
        "page",
        "session",
        "guarded",
    ),
    Route("GET", "/admin/clients/new", "page", "session"),
    Route("GET", "/admin/clients/new/app", "page", "session"),
    Route("GET", "/admin/clients/new/review", "page", "session"),
    Route("POST", "/admin/clients/new/review", "page", "session", "guarded"),
    Route("GET", "/admin/outbox", "page", "machine"),
    Route("GET", "/admin/outbox/<message_id>", "page", "machine"),
    Route("GET", "/admin/outbox/<message_id>/body", "page", "machine"),
    Route("GET", "/api/accounts/<user_id>", "json", "account"),
    Route("PATCH", "/api/accounts/<user_id>", "json", "account", "header"),
    Route("DELETE", "/api/accounts/<user_id>/grants", "json", "account", "header"),
    Route("DELETE", "/api/accounts/<user_id>/sessions", "json", "account", "header"),
    Route("DELETE", "/api/accounts/<user_id>/two-factor", "json", "anyone", "header"),
    Route("GET", "/api/auth", "json", "anyone"),
    Route("POST", "/api/auth/2fa/enable/request", "json", "anyone", "header"),
    Route("POST", "/api/auth/2fa/enable/submit", "json", "anyone", "header"),
    Route("POST", "/api/auth/2fa/reset", "json", "anyone", "header"),
    Route("POST", "/api/auth/2fa/verify", "json", "anyone", "header"),
    Route("GET", "/api/auth/external", "json", "anyone"),
    Route("DELETE", "/api/auth/external/<provider>", "json", "anyone", "header"),
    Route("GET", "/api/auth/external/<provider>", "json", "anyone"),
    Route("GET", "/api/auth/external/<provider>/init", "json", "anyone"),
    Route("GET", "/api/auth/external/<provider>/redirect", "json", "anyone"),
    Route("GET", "/api/auth/external/providers", "json", "anyone"),
    Route("POST", "/api/auth/external/register/<token>", "json", "anyone", "header"),
    Route("POST", "/api/auth/login", "json", "anyone", "header"),
    Route("GET", "/api/auth/logout", "json", "anyone"),
    Route("POST", "/api/auth/logout", "json", "anyone", "header"),
    Route("POST", "/api/auth/register", "json", "anyone", "header"),
    Route("POST", "/api/auth/reset/request", "json", "anyone", "header"),
    Route("POST", "/api/auth/reset/submit", "json", "anyone", "header"),
    Route("POST", "/api/auth/verify/request", "json", "account", "header"),
    Route("POST", "/api/auth/verify/submit", "json", "anyone", "header"),
    Route("GET", "/api/users", "json", "account"),
    Route("POST", "/api/users", "json", "anyone", "header"),
    Route("DELETE", "/api/users/<user_id>", "json", "account", "header"),
    Route("GET", "/api/users/<user_id>", "json", "account"),
    Route("PATCH", "/api/users/<user_id>", "json", "account", "header"),
    Route("PUT", "/api/users/<user_id>", "json", "account", "header"),
    Route("PUT", "/api/v1/account/password", "json", "anyone", "header"),
    Route("PUT", "/auth/change-password", "json", "account", "header"),
    Route("GET", "/auth/csrf", "file", "anyone"),
    Route("GET", "/auth/csrf/token", "json", "anyone"),
    Route("POST", "/auth/delete-account", "json", "account", "header"),
    Route("POST", "/auth/email-verification", "json", "anyone", "header"),
    Route("POST", "/auth/email-verification/email", "json", "anyone", "header"),
    Route("POST", "/auth/login", "json", "anyone", "header"),
    Route("POST", "/auth/login/2fa", "json", "anyone", "header"),
    Route("POST", "/auth/logout", "json", "account", "header"),
    Route("GET", "/auth/me", "json", "account"),
    Route("POST", "/auth/password-reset", "json", "anyone", "header"),
    Route("POST", "/auth/password-reset/email", "json", "anyone", "header"),
    Route("POST", "/auth/refresh", "json", "account", "header"),
    Route("POST", "/auth/register", "json", "anyone", "header"),
    Route("GET", "/auth/sign-in/token", "page", "anyone"),
    Route("POST", "/auth/sign-in/token", "page", "anyone", "guarded"),
    Route("GET", "/brand/<segment:client_id>.<name>", "file", "anyone"),
    Route("GET", "/consent", "page", "request"),
    Route("POST", "/consent", "page", "request", "guarded"),
    Route("GET", "/device", "page", "session"),
    Route("POST", "/device", "page", "session", "guarded"),
    Route("GET", "/docs/api", "page", "anyone"),
    Route("GET", "/email-change", "page", "anyone"),
    Route("POST", "/email-change", "page", "anyone", "guarded"),
    Route("GET", "/email-change/done", "page", "anyone"),
    Route("GET", "/email-change/undo", "page", "anyone"),
    Route("POST", "/email-change/undo", "page", "anyone", "guarded"),
    Route("GET", "/email-change/undo/done", "page", "anyone"),
    Route("GET", "/email-verification", "page", "anyone"),
    Route("POST", "/email-verification", "page", "anyone", "guarded"),
    Route("POST", "/email-verification/change", "page", "session", "guarded"),
    Route("GET", "/email-verification/done", "page", "anyone"),
    Route("POST", "/email-verification/resend", "page", "session", "guarded"),
    Route("GET", "/forgot-password", "page", "anyone"),
    Route("POST", "/forgot-password", "page", "anyone", "guarded"),
    Route("GET", "/healthz", "probe", "anyone"),
    Route("GET", "/language", "page", "anyone"),
    Route("POST", "/language", "page", "anyone", "guarded"),
    Route("GET", "/login", "page", "anyone"),
    Route("POST", "/login", "page", "anyone", "guarded"),
    Route("GET", "/login/not-me", "page", "anyone"),
    Route("POST", "/login/not-me", "page", "anyone", "guarded"),
    Route("GET", "/login/select", "page", "request"),
    Route("POST", "/login/select", "page", "request", "guarded"),
    Route("GET", "/logout", "page", "anyone"),
    Route("POST", "/logout", "page", "anyone", "guarded"),
    Route("GET", "/oauth2/authorize", "protocol", "anyone"),
    Route("POST", "/oauth2/authorize", "protocol", "anyone", "exempt"),
    Route("POST", "/oauth2/device_authorization", "protocol", "client", "exempt"),
    Route("POST", "/oauth2/introspect", "protocol", "client", "exempt"),
    Route("GET", "/oauth2/logout", "protocol", "anyone"),
    Route("POST", "/oauth2/logout", "protocol", "anyone", "exempt"),
    Route("POST", "/oauth2/revoke", "protocol", "client", "exempt"),
    Route("POST", "/oauth2/token", "protocol", "client", "exempt"),
    Route("GET", "/oauth2/userinfo", "protocol", "token"),
    Route("POST", "/oauth2/userinfo", "protocol", "token", "exempt"),
    Route("GET", "/openapi.json", "file", "anyone"),
    Route("GET", "/password-reset", "page", "anyone"),
    Route("POST", "/password-reset", "page", "anyone", "guarded"),
    Route("GET", "/readyz", "probe", "anyone"),
    Route("GET", "/register", "page", "anyone"),
    Route("POST", "/register", "page", "anyone", "guarded"),
    Route("GET", "/static/<fingerprint>/<name>", "file", "anyone"),
]
SAFE = ("GET", "HEAD", "OPTIONS")


def methods_of(rule: Rule) -> set[str]:
    """Return the methods that a view answers itself."""
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def is_json(app: Flask, rule: Rule) -> bool:
    """Tell a JSON operation from a page that may have the same path."""
    return hasattr(app.view_functions[rule.endpoint], "operation")


def where(**wanted: str) -> pytest.MarkDecorator:
    """Parametrize over the routes with these columns."""
    found = [
        route
        for route in ROUTES
        if all(getattr(route, name) == value for name, value in wanted.items())
    ]
    assert found
    return pytest.mark.parametrize(
        "route", found, ids=lambda route: f"{route.method} {route.path}"
    )


def call(http: FlaskClient, route: Route, **options):
    """Call a route as a browser of the issuer's own pages would."""
    path = re.sub("<[^>]+_id>", "some-id", route.path)
    headers = {"Accept": "text/html", "Origin": ISSUER}
    return http.open(path, method=route.method, headers=headers, **options)


def test_every_route_has_its_line_and_every_line_its_route(app: Flask):
    found = {
        (method, rule.rule, is_json(app, rule))
        for rule in app.url_map.iter_rules()
        for method in methods_of(rule)
    }
    found |= {
        (verb, each.path, False) for each in FOR_PROGRAMS for verb in each.methods
    }
    table = {(route.method, route.path, route.face == "json") for route in ROUTES}
    assert found == table


def test_the_table_is_in_order_and_says_nothing_twice():
    keys = [(route.path, route.method, route.face) for route in ROUTES]
    assert keys == sorted(set(keys))


def test_every_state_change_says_what_guards_it():
    for route in ROUTES:
        assert (route.csrf == "") == (route.method in SAFE), route


def test_exempt_views_are_those_of_the_table(app: Flask):
    exempt = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "csrf_exempt", False)
        and not is_json(app, rule)
    }
    exempt |= {each.path for each in FOR_PROGRAMS if "POST" in each.methods}
    assert exempt == {route.path for route in ROUTES if route.csrf == "exempt"}


@where(csrf="guarded")
def test_a_guarded_route_refuses_a_form_without_our_token(http: FlaskClient, route):
    response = call(http, route, data={"some": "field"})
    assert response.status_code == 403


@where(csrf="guarded")
def test_a_guarded_route_refuses_programs_without_our_token(http: FlaskClient, route):
    response = http.open(route.path, method=route.method, json={})
    programs_too = route._replace(face="json", caller="account", csrf="header")
    other_methods = any(r.path == route.path and r.face == "json" for r in ROUTES)
    expected = 405 if other_methods else 403
    assert response.status_code == (401 if programs_too in ROUTES else expected)


@where(csrf="header")
def test_a_json_route_refuses_a_foreign_page(http: FlaskClient, route):
    headers = {"Origin": "https://evil.example"}
    response = http.open(route.path, method=route.method, json={}, headers=headers)
    assert response.status_code in (401, 403)
    assert response.content_type == "application/problem+json"


@where(csrf="header", caller="anyone")
def test_a_json_route_refuses_cookies_without_our_token(http: FlaskClient, route):
    http.set_cookie("__Host-idp", "s" * 43, domain="idp.example", secure=True)
    response = http.open(route.path, method=route.method, json={})
    harmless = route.path == "/api/auth/logout"  # there is no session to end
    assert response.status_code == (200 if harmless else 403)


@where(caller="account")
def test_a_json_route_of_an_account_refuses_strangers(http: FlaskClient, route):
    response = http.open(route.path, method=route.method, json={})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_the_api_document_lacks_no_route_for_programs(app: Flask):
    besides = {
        "csrf_script.script",
        "sign_in_links.show_link",
        "sign_in_links.submit_link",
    }
    with app.app_context():
        assert undocumented_routes(app, besides=besides) == []


@where(caller="session", method="GET")
def test_a_page_behind_a_session_sends_strangers_to_sign_in(http: FlaskClient, route):
    response = call(http, route)
    assert response.status_code in (302, 303)
    assert response.location.startswith("/login")


@where(caller="token")
def test_a_resource_refuses_a_call_without_access_token(http: FlaskClient, route):
    assert call(http, route).status_code == 401


@where(caller="client")
def test_an_endpoint_of_clients_refuses_a_call_without_a_client(
    http: FlaskClient, route
):
    response = call(http, route, data={"grant_type": "client_credentials"})
    assert response.status_code == 401
    assert response.json["error"] == "invalid_client"


@where(caller="machine")
def test_a_page_of_development_does_not_exist_in_production(http: FlaskClient, route):
    assert call(http, route).status_code == 404


@where(caller="request", method="GET")
def test_a_page_without_its_authorization_request_leads_back(http: FlaskClient, route):
    response = call(http, route)
    assert response.status_code in (302, 303)
    assert response.location.startswith("/")


@where(caller="anyone", method="GET", face="page")
def test_an_open_page_forbids_nobody(http: FlaskClient, route):
    assert call(http, route).status_code in (200, 302, 303, 400)


@where(face="page", method="GET")
def test_no_page_is_kept_by_caches(http: FlaskClient, route):
    assert call(http, route).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_no_route_is_a_path_with_a_slash_at_its_end(route):
    assert route.path == "/" or not route.path.endswith("/")
