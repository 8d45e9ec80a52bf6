"""The pages about providers: add, change, order, switch off, delete."""

import pytest

from idp.core.db import db
from idp.federation.models import ProviderRow
from idp.federation.providers.cache import find_provider, list_providers
from idp.federation.providers.secrets import open_secret
from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of

NEW = "/admin/providers/new"
GOOGLE = {
    "name": "Google",
    "provider_id": "google",
    "client_id": "us-at-google",
    "client_secret": " hush hush \n",
}


def found(app, provider_id="google"):
    with app.app_context():
        return find_provider(provider_id)


@pytest.fixture
def google(admin: AdminBrowser) -> str:
    """The page of a provider that was added by its preset."""
    answer = admin.send(f"{NEW}?preset=google", GOOGLE)
    assert answer.location == "/admin/providers/google?added=1"
    return "/admin/providers/google"


def settings_of(app, **changed) -> dict:
    """Return what the form of Google's page holds, with changes."""
    held = found(app)
    usual = {
        "name": held.name,
        "issuer": held.issuer,
        "client_id": held.client_id,
        "auth_method": held.auth_method,
        "scopes": " ".join(held.scopes),
        "link": held.link,
        "response_mode": "",
        "allows_sign_up": "1",
        "claims": "sub = sub\nemail = email",
    }
    return usual | changed


def test_an_empty_list_says_what_to_do_next(admin):
    assert "No providers yet" in words_of(admin.open("/admin/providers"))
    assert "Microsoft" in words_of(admin.open(NEW))


def test_a_preset_asks_for_little_and_tells_what_to_register(app, admin, google):
    made = found(app)
    assert (made.issuer, made.preset) == ("https://accounts.google.com", "google")
    with app.app_context():
        assert open_secret(made) == "hush hush"
    page = admin.open(google, added="1")
    assert "https://idp.example/oauth2/callback/google" in words_of(page)
    assert "hush" not in page.text
    asked = admin.open(f"{NEW}?preset=google").text
    assert 'name="issuer"' not in asked
    assert "https://idp.example/oauth2/callback/google" in asked


def test_what_is_wrong_is_said_beside_its_field(app, admin, google):
    again = errors_of(admin.send(f"{NEW}?preset=google", GOOGLE))
    assert "is taken already" in again
    wrong = GOOGLE | {"provider_id": "ms", "tenant": "common", "client_secret": ""}
    said = errors_of(admin.send(f"{NEW}?preset=microsoft", wrong))
    assert "directory (tenant) ID" in said
    custom = {"name": "A", "provider_id": "new", "issuer": "http://a.example"}
    said = errors_of(admin.send(f"{NEW}?preset=oidc", custom))
    for words in ("begins with https://", "word of this server", "must have openid"):
        assert words in said
    assert [each.id for each in _listed(app)] == ["google"]


def _listed(app):
    with app.app_context():
        return list_providers()


def test_settings_are_changed_and_an_empty_secret_stays(app, admin, google, make):
    more = {
        "domains": "Acme.example\nacme.org",
        "enforced": "1",
        "groups_claim": "groups",
        "groups": "eng = Engineers",
        "acr": "gold = two",
    }
    assert admin.send(google, settings_of(app, **more)).status_code == 303
    held = found(app)
    assert (held.domains, held.enforced) == (("acme.example", "acme.org"), True)
    assert (held.groups, held.acr) == ({"eng": "Engineers"}, {"gold": "two"})
    assert held.claims == {"sub": "sub", "email": "email"}
    with app.app_context():
        assert open_secret(held) == "hush hush"
    page = admin.open(google).text
    assert "eng = Engineers" in page
    [noted] = make.records.audited_details("provider.changed")
    assert noted["after"]["enforced"] is True


def test_a_mistake_in_settings_keeps_what_was_typed(app, admin, google):
    typed = settings_of(app, scopes="email", name="Work")
    answer = admin.send(google, typed)
    assert "must have openid among them" in errors_of(answer)
    assert 'value="Work"' in answer.text
    assert found(app).name == "Google"


def test_a_secret_comes_back_on_no_page(app, admin, google):
    for path, typed in (
        (google, settings_of(app, scopes="", client_secret="newer")),
        (f"{NEW}?preset=google", GOOGLE | {"client_secret": "newer"}),
    ):
        refused = admin.send(path, typed)
        assert "Type it again." in errors_of(refused)
        assert "newer" not in refused.text


def test_where_it_is_stays_while_people_are_linked(app, admin, google, make):
    make.providers.link("google", make.users.account("grace@example.com").id)
    answer = admin.send(google, settings_of(app, issuer="https://evil.example"))
    assert "cannot change while people are linked" in errors_of(answer)
    assert "1 person is linked" in words_of(admin.open(google))


def test_an_admin_is_offered_no_roles_and_an_owner_is(app, admin, google, make):
    assert 'name="roles"' not in admin.open(google).text
    admin.send(google, settings_of(app, groups_claim="g", roles="a = owner"))
    assert found(app).roles == {}
    make.browsers.sign_in(admin.http, roles=["owner"])
    admin.send(google, settings_of(app, groups_claim="g", roles="a = support"))
    assert found(app).roles == {"a": "support"}


def test_a_claim_tells_an_attribute(app, admin, google, make):
    mapped = settings_of(app, claims="sub = sub\nattributes.team = dept")
    refused = admin.send(google, mapped)
    assert "has no place for 'attributes.team'" in errors_of(refused)
    make.attributes.define("team")
    admin.send(google, mapped)
    assert found(app).attributes == {"team": "dept"}
    assert "attributes.team = dept" in admin.open(google).text


def test_a_button_is_moved_before_another(app, admin, google):
    admin.send(f"{NEW}?preset=github", GOOGLE | {"provider_id": "gh"})
    assert [each.id for each in _listed(app)] == ["gh", "google"]
    moved = admin.send(
        "/admin/providers/order", {"up": "google"}, on="/admin/providers"
    )
    assert moved.status_code == 303
    assert [each.id for each in _listed(app)] == ["google", "gh"]
    admin.send("/admin/providers/order", {"up": "google"}, on="/admin/providers")
    assert [each.id for each in _listed(app)] == ["google", "gh"]


def test_it_is_switched_off_and_on(app, admin, google):
    admin.send(f"{google}/switch", {"action": "disable"}, on=google)
    assert found(app).disabled
    assert "Turn it on again" in words_of(admin.open(google))
    admin.send(f"{google}/switch", {"action": "enable"}, on=google)
    assert not found(app).disabled


def test_it_is_deleted_after_its_id_was_typed(app, admin, google, make):
    ada = make.users.account("ada@example.com")
    make.providers.link("google", ada.id)
    wrong = admin.send(f"{google}/delete", {"confirmation": "goggle"}, on=google)
    assert "Type the ID exactly" in errors_of(wrong)
    done = admin.send(f"{google}/delete", {"confirmation": "google"}, on=google)
    assert done.location == "/admin/providers?deleted=1"
    assert found(app) is None


def test_who_would_have_no_other_way_in_is_counted(app, admin, google, make):
    alone = make.users.account("grace@example.com", password=None)
    make.providers.link("google", alone.id)
    page = words_of(admin.open(google))
    assert "1 person has no other way to sign in" in page


def test_a_secret_is_typed_again_after_a_proof(app, admin, clock):
    admin.open(f"{NEW}?preset=google")
    page = admin.http.get(f"{NEW}?preset=google")
    clock.tick(minutes=11)
    sent = admin.send(f"{NEW}?preset=google", GOOGLE, on=page.request.full_path)
    assert sent.location.startswith("/account/confirm?")
    with app.app_context():
        assert db.session.query(ProviderRow).count() == 0
    back = admin.open(sent.location)
    assert "hush" not in back.text


def test_a_test_says_what_failed_and_offers_nothing_foreign(app, admin, google):
    there = {"issuer": "https://127.0.0.1", "client_secret": "typed anew"}
    admin.send(google, settings_of(app, **there))
    done = admin.send(f"{google}/test", {}, on=google)
    assert done.location == f"{google}?tested=discovery.blocked_address"
    page = words_of(admin.open(done.location))
    assert "Reading what it says of itself failed. Its host leads into" in page
    odd = admin.open(google, tested="discovery.<b>odd</b>")
    assert "Tested." not in words_of(odd)
