"""Every route of the server, with its face, who may call it, and what guards it.

A new route needs its line here; what a line claims is then tried over HTTP.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from idp.endpoints import FOR_PROGRAMS
from idp.web.json.openapi import undocumented_routes
from tests.architecture.routes import ROUTES, Route

pytestmark = pytest.mark.any_database

ISSUER = "https://idp.example"
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
    programs_too = {
        caller: route._replace(face="json", caller=caller, csrf="header") in ROUTES
        for caller in ("account", "anyone")
    }
    other_methods = any(r.path == route.path and r.face == "json" for r in ROUTES)
    expected = 405 if other_methods else 403
    if programs_too["anyone"]:  # without a cookie: the body lacks what it takes
        expected = 400
    assert response.status_code == (401 if programs_too["account"] else expected)


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
        "provider_callback.show_other_callback",
        "provider_callback.show_provider_first",
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
