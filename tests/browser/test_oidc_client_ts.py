"""oidc-client-ts as its users use it: redirect, popup, silent renewal, sign-out.

The app is a stranger to the server: its own origin, one page, the library as published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.metadata.registration import validate
from idp.oauth.clients.snippets.setup import setup_of
from idp.oauth.clients.snippets.snippets import snippets_of
from tests.browser.journeys import sign_in
from tests.browser.seed import SEED
from tests.serving import Serving, serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "idp/demo/static/vendor/oidc-client-ts.min.js"
PAGE = b"""<!doctype html><title>App</title><link rel="icon" href="data:,">
<script src="/oidc-client-ts.min.js"></script><script src="/app.js"></script>"""
IMPORT = 'import { UserManager } from "oidc-client-ts";'
SCRIPT = """
const settings = new URLSearchParams(location.search);
const here = location.origin;
window.managerOf = (client_id) => new oidc.UserManager({
  authority: "%s", client_id, scope: "openid profile",
  redirect_uri: here + "/callback", popup_redirect_uri: here + "/popup",
  silent_redirect_uri: here + "/silent", post_logout_redirect_uri: here + "/goodbye",
  popup_post_logout_redirect_uri: here + "/popup-goodbye",
  automaticSilentRenew: false, loadUserInfo: true, silentRequestTimeoutInSeconds: 8,
});
const client = () => sessionStorage.getItem("client");
const returns = {
  "/callback": () => managerOf(client()).signinRedirectCallback(),
  "/popup": () => managerOf("spa").signinPopupCallback(),
  "/silent": () => managerOf("spa").signinSilentCallback(),
  "/goodbye": () => managerOf(client()).signoutRedirectCallback(),
  "/popup-goodbye": () => managerOf("spa").signoutPopupCallback(),
};
window.done = returns[location.pathname]?.();
window.start = (name) => { sessionStorage.setItem("client", name); };
"""


@dataclass
class App:
    """The app's two addresses: one is of the server's site, the other of none."""

    port: int
    issuer: str = ""

    @property
    def same_site(self) -> str:
        """The origin that shares its site, though not its port, with the server."""
        return f"http://localhost:{self.port}"

    @property
    def cross_site(self) -> str:
        """The same app under a name of another site."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, client_id: str, grants: str) -> str:
        """Declare it as a client, at both of its addresses."""
        paths = ("callback", "popup", "silent", "pasted")
        origins = (self.same_site, self.cross_site)
        uris = [f"{origin}/{path}" for origin in origins for path in paths]
        left = [f"{o}/{p}" for o in origins for p in ("goodbye", "popup-goodbye")]
        return f"""
[[clients]]
client_id = "{client_id}"
client_name = "A single-page app"
token_endpoint_auth_method = "none"
redirect_uris = {uris}
post_logout_redirect_uris = {left}
grant_types = {grants}
scope = "openid profile"
first_party = true
"""


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """The app's own server: the same page at every path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = "text/html", PAGE
            if self.path == "/oidc-client-ts.min.js":
                kind, body = "text/javascript", LIBRARY.read_bytes()
            elif self.path == "/app.js":
                kind, body = "text/javascript", (SCRIPT % app.issuer).encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        app = App(server.server_port)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield app
        server.shutdown()


@pytest.fixture(scope="module")
def idp(databases, tmp_path_factory, app) -> Iterator[Serving]:
    """A server that knows Ada and the app: with refresh tokens, and without."""
    folder = tmp_path_factory.mktemp("idp")
    clients = app.client("spa", '["authorization_code"]') + app.client(
        "refreshing", '["authorization_code", "refresh_token"]'
    )
    (folder / "seed.toml").write_text(SEED + clients)
    with (
        databases.fresh() as url,
        serving(
            folder,
            *("--seed", "seed.toml"),
            environ={"IDP_DATABASE_URL": url, "IDP_DEMO": "false"},
        ) as server,
    ):
        app.issuer = server.url
        yield server


@pytest.fixture
def home(idp, page) -> Page:
    """A tab for the app, which waits for the server to be there."""
    return page


def come_in(page: Page, origin: str, *, client: str = "spa") -> dict:
    """Sign in by redirect; return the user that the library made of the answer."""
    page.goto(f"{origin}/")
    page.evaluate("name => start(name)", client)
    page.evaluate("name => { managerOf(name).signinRedirect({state: 'x'}) }", client)
    sign_in(page)
    page.wait_for_url(f"{origin}/callback?*")
    return page.evaluate("done")


def silent(page: Page, client: str = "spa") -> dict:
    """Renew silently; a refusal comes back as the error's name."""
    return page.evaluate(
        "name => managerOf(name).signinSilent().catch(e => ({error: e.error}))",
        client,
    )


@pytest.mark.parametrize("where", ["same_site", "cross_site"])
def test_sign_in_by_redirect_checks_out(home, app, where):
    user = come_in(home, getattr(app, where))
    assert user["profile"]["name"] == "Ada Lovelace"
    assert user["state"] == "x"
    assert user["refresh_token"] is None


def test_a_hidden_frame_renews_at_an_app_of_the_same_site(home, app):
    first = come_in(home, app.same_site)
    renewed = silent(home)
    assert renewed["access_token"] != first["access_token"]
    assert renewed["profile"]["sub"] == first["profile"]["sub"]
    assert renewed["profile"]["sid"] == first["profile"]["sid"]


def test_a_hidden_frame_of_a_foreign_site_is_told_to_sign_in(home, app):
    """Its requests come without our cookie, so nobody can be framed unawares."""
    come_in(home, app.cross_site)
    assert silent(home) == {"error": "login_required"}


def test_a_refresh_token_renews_at_an_app_of_a_foreign_site(home, app):
    first = come_in(home, app.cross_site, client="refreshing")
    renewed = silent(home, "refreshing")
    assert renewed["access_token"] != first["access_token"]
    assert renewed["refresh_token"] != first["refresh_token"]


def test_a_hidden_frame_is_told_when_nobody_is_signed_in(home, app):
    home.goto(f"{app.same_site}/")
    assert silent(home) == {"error": "login_required"}


def open_popup(page: Page, call: str) -> Page:
    """Run a call of the library that opens a popup, whose result becomes ``waited``."""
    with page.expect_popup() as opened:
        page.evaluate(f"() => {{ window.waited = {call} }}")
    return opened.value


@pytest.mark.parametrize("where", ["same_site", "cross_site"])
def test_a_popup_signs_in_and_out_and_closes(home, idp, app, where):
    home.goto(f"{getattr(app, where)}/")
    popup = open_popup(home, "managerOf('spa').signinPopup()")
    with popup.expect_event("close"):
        sign_in(popup)
        user = home.evaluate("waited")
    assert user["profile"]["name"] == "Ada Lovelace"
    open_popup(home, "managerOf('spa').signoutPopup()")
    home.evaluate("waited")
    home.goto(f"{idp.url}/account")
    expect(home.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_sign_out_by_redirect_comes_back_and_ends_the_session(home, app):
    come_in(home, app.same_site)
    home.evaluate("() => { managerOf('spa').signoutRedirect({state: 'bye'}) }")
    home.wait_for_url(f"{app.same_site}/goodbye?*")
    assert home.evaluate("done")["userState"] == "bye"
    assert silent(home) == {"error": "login_required"}


def test_the_snippet_of_the_admin_pages_signs_in(home, idp, app):
    declared = {"redirect_uris": [f"{app.same_site}/pasted"], "client_name": "App"}
    setup = setup_of(
        idp.url,
        client_id="spa",
        metadata=validate(
            declared | {"token_endpoint_auth_method": "none"}, issuer=idp.url
        ),
    )
    (snippet,) = snippets_of(setup, Kind.SPA)
    pasted = snippet.files[0].text.replace(IMPORT, "const { UserManager } = oidc;")
    home.goto(f"{app.same_site}/")
    home.add_script_tag(content=pasted.replace("export ", ""))
    home.evaluate("() => { users.signinRedirect() }")
    sign_in(home)
    home.wait_for_url(f"{app.same_site}/pasted?*")
    home.add_script_tag(content=pasted.replace("export ", ""))
    user = home.evaluate("users.signinRedirectCallback()")
    assert user["profile"]["sub"]
