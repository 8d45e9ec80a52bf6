"""OpenID Connect RP-Initiated Logout 1.0: one test for each MUST."""

from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.browsing import Browser
from tests.oauth.signing_out import HOME, is_signed_in, logout, sign_in_at


@pytest.fixture
def client(make):
    return make.clients.client(post_logout_redirect_uris=[HOME, f"{HOME}?a=1"])


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http, email="ada@example.com")


@pytest.fixture
def hint(http, make, client, ada):
    """The ID token of the app in which Ada is signed in."""
    return sign_in_at(http, make, client, person=ada.person)["id_token"]


@pytest.fixture
def browser(app, http):
    """Ada's browser, as she uses it."""
    made = Browser(app)
    made.http = http
    return made


def asks(answer) -> bool:
    return answer.status_code == 302 and answer.location.startswith("/logout?")


class TestSection2:
    """RP-Initiated Logout."""

    def test_get_is_served(self, http, hint):
        answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=HOME)
        assert (answer.status_code, answer.location) == (302, HOME)
        assert not is_signed_in(http)

    def test_post_is_served(self, http, hint):
        form = {"id_token_hint": hint, "post_logout_redirect_uri": HOME, "state": "s"}
        elsewhere = {"Origin": "https://app.example"}
        stored = http.post("/oauth2/logout", data=form, headers=elsewhere)
        assert stored.status_code == 303
        assert is_signed_in(http)
        assert stored.location.startswith("/oauth2/logout?request=")
        assert http.get(stored.location).location == f"{HOME}?state=s"
        assert not is_signed_in(http)

    def test_the_hint_is_good_after_its_expiry(self, http, hint, clock):
        clock.tick(hours=1)
        answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=HOME)
        assert answer.location == HOME
        assert not is_signed_in(http)

    def test_without_a_hint_the_person_is_asked(self, http, ada):
        assert asks(logout(http))
        assert is_signed_in(http)

    def test_client_id_alone_is_asked_about_too(self, http, client, ada):
        asked = {"client_id": client.client_id, "post_logout_redirect_uri": HOME}
        assert asks(logout(http, **asked))
        assert is_signed_in(http)

    def test_a_hint_of_somebody_else_is_asked_about(self, http, make, hint):
        make.browsers.sign_in(http, email="grace@example.com")
        answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=HOME)
        assert asks(answer)
        assert is_signed_in(http)

    def test_a_hint_of_an_earlier_session_is_asked_about(self, http, make, ada, hint):
        make.browsers.sign_in(http, person=ada.person)
        assert asks(logout(http, id_token_hint=hint))
        assert is_signed_in(http)

    def test_after_a_yes_the_person_is_signed_out(self, browser, http, client, ada):
        asked = {
            "client_id": client.client_id,
            "post_logout_redirect_uri": HOME,
            "state": "after",
        }
        browser.follow(logout(http, **asked))
        assert "ada@example.com" in browser.text
        assert browser.submit().location == f"{HOME}?state=after"
        assert not is_signed_in(http)

    def test_client_id_must_be_the_one_of_the_hint(self, http, make, client, hint):
        other = make.clients.client(
            post_logout_redirect_uris=["https://other.example/"]
        )
        for uri in (HOME, "https://other.example/"):
            answer = logout(
                http,
                id_token_hint=hint,
                client_id=other.client_id,
                post_logout_redirect_uri=uri,
            )
            assert answer.status_code == 400
        assert is_signed_in(http)
        agreed = logout(http, id_token_hint=hint, client_id=client.client_id)
        assert agreed.status_code == 200
        assert not is_signed_in(http)

    def test_ui_locales_and_logout_hint_are_taken(self, http, hint):
        told = {"ui_locales": "fr-CA en", "logout_hint": "ada@example.com"}
        assert logout(http, id_token_hint=hint, **told).status_code == 200

    def test_unknown_parameters_are_ignored(self, http, hint):
        assert logout(http, id_token_hint=hint, unheard_of="1").status_code == 200
        assert not is_signed_in(http)

    def test_2_1_the_endpoint_is_announced(self, http):
        metadata = http.get("/.well-known/openid-configuration").json
        endpoint = metadata["end_session_endpoint"]
        assert endpoint == "https://idp.example/oauth2/logout"


class TestSection3:
    """Redirection to the RP after logout."""

    @pytest.mark.parametrize(
        "uri",
        [
            f"{HOME}/",
            f"{HOME}?foo=bar",
            f"{HOME}#",
            "https://app.example/SIGNED-OUT",
            "https://app.example:443/signed-out",
            "https://app.example.evil.example/signed-out",
            "https://app.example/callback",
            "https://evil.example/",
        ],
    )
    def test_an_unregistered_uri_is_never_redirected_to(self, http, hint, uri):
        answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=uri)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert "Refresh" not in answer.headers
        assert f'href="{uri}' not in answer.text

    def test_without_a_client_nobody_vouches_for_the_uri(self, http, ada):
        answer = logout(http, post_logout_redirect_uri=HOME, state="s")
        assert answer.status_code == 400
        assert "Location" not in answer.headers

    def test_state_comes_back_as_it_was(self, http, hint):
        answer = logout(
            http,
            id_token_hint=hint,
            post_logout_redirect_uri=f"{HOME}?a=1",
            state="/?&é=+ %20",
        )
        assert answer.location == f"{HOME}?a=1&state=%2F%3F%26%C3%A9%3D%2B%20%2520"

    def test_nothing_is_added_when_there_is_no_state(self, http, hint):
        answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=HOME)
        assert answer.location == HOME

    def test_state_alone_leads_nowhere(self, http, hint):
        answer = logout(http, id_token_hint=hint, state="s")
        assert answer.status_code == 200
        assert "You’re signed out" in answer.text

    def test_the_way_back_works_when_the_session_is_over_already(self, http, hint):
        asked = {"id_token_hint": hint, "post_logout_redirect_uri": HOME, "state": "s"}
        for _ in range(2):
            assert logout(http, **asked).location == f"{HOME}?state=s"

    def test_3_1_the_uris_are_client_metadata(self, make):
        with pytest.raises(InvalidClientMetadata, match="post_logout_redirect_uris"):
            make.clients.client(post_logout_redirect_uris=["https://app.example/#a"])


class TestSection4:
    """Validation: what is wrong is used for nothing."""

    def refused(self, http, hint):
        answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=HOME)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert is_signed_in(http)

    def test_an_altered_hint_is_refused(self, http, hint):
        head, body, signature = hint.split(".")
        flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
        self.refused(http, f"{head}.{body}.{flipped}")

    def test_a_hint_of_another_issuer_is_refused(self, http, client, ada, hint):
        claims = {
            "iss": "https://idp.example",
            "aud": client.client_id,
            "sub": ada.user_id,
            "sid": ada.session_id,
        }
        key = OctKey.import_key(client.client_secret)
        self.refused(http, jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, key))

    def test_another_token_of_ours_is_no_hint(self, http, make, client, ada, hint):
        tokens = sign_in_at(http, make, client, person=ada.person)
        self.refused(http, tokens["access_token"])

    @pytest.mark.parametrize("hint", ["x", "a.b.c", "..", "e30.e30.", "é"])
    def test_rubbish_is_refused(self, http, ada, hint):
        self.refused(http, hint)

    def test_with_client_id_a_wrong_hint_is_not_made_good(self, http, client, ada):
        form = urlencode(
            {
                "id_token_hint": "x",
                "client_id": client.client_id,
                "post_logout_redirect_uri": HOME,
            }
        )
        assert http.get(f"/oauth2/logout?{form}").status_code == 400
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = http.post("/oauth2/logout", data=form, headers=headers)
        assert answer.status_code == 400


class TestSection6:
    """Security considerations."""

    def test_no_parameter_may_be_sent_twice(self, http, ada):
        answer = http.get("/oauth2/logout?client_id=a&client_id=b")
        assert answer.status_code == 400


class TestRfc8252Section73:
    """Loopback redirection, after sign-out as at sign-in."""

    LOOPBACK = "http://127.0.0.1/signed-out"

    @pytest.fixture
    def native(self, make):
        return make.clients.spa(
            application_type="native", post_logout_redirect_uris=[self.LOOPBACK]
        )

    @pytest.mark.parametrize("port", ["", ":1", ":51234"])
    def test_a_native_client_chooses_its_port(self, http, native, port):
        uri = f"http://127.0.0.1{port}/signed-out"
        asked = {"client_id": native.client_id, "post_logout_redirect_uri": uri}
        assert logout(http, **asked, state="s").location == f"{uri}?state=s"

    @pytest.mark.parametrize(
        "uri",
        [
            "http://127.0.0.1:51234/elsewhere",
            "http://localhost:51234/signed-out",
            "http://127.0.0.1:51234@evil.example/signed-out",
        ],
    )
    def test_only_the_port_is_free(self, http, native, uri):
        asked = {"client_id": native.client_id, "post_logout_redirect_uri": uri}
        assert logout(http, **asked).status_code == 400

    def test_a_web_client_has_no_such_freedom(self, http, make):
        web = make.clients.spa(post_logout_redirect_uris=[self.LOOPBACK])
        uri = "http://127.0.0.1:51234/signed-out"
        asked = {"client_id": web.client_id, "post_logout_redirect_uri": uri}
        assert logout(http, **asked).status_code == 400
