"""What one test leaves in the app that it was lent, no other test meets."""

from sqlalchemy import event

from idp.accounts.lifecycle.personal_data import PersonalData
from idp.core.connections import Database
from idp.core.context import service_of, services_of
from idp.oauth.discovery import ServerMetadata
from idp.web.http.headers import AlwaysSent
from idp.web.http.hosts import HostRule
from idp.web.http.negotiation import SharedPaths
from idp.web.i18n import Languages
from idp.web.json.docs import ApiDocument
from idp.web.machine.programs import Programs

# These follow from settings and routes; the database is closed and its file replaced.
LASTING = {
    *(ApiDocument, Database, HostRule, Languages),
    *(PersonalData, ServerMetadata, SharedPaths),
    *(AlwaysSent, Programs),
}


def lent(kept_apps, settings, tmp_path):
    return kept_apps.lend(settings, folder=tmp_path)


def test_an_app_is_lent_again_with_other_services(kept_apps, settings, tmp_path):
    with lent(kept_apps, settings, tmp_path) as first:
        before = dict(services_of(first))
        first.test_client().get("/login", base_url="https://idp.example")
    with lent(kept_apps, settings, tmp_path) as second:
        after = services_of(second)
        assert second is first
        assert after.keys() == before.keys()
        same = {kind for kind in before if before[kind] is after[kind]}
        remembered = same - set(settings.objects) - {type(settings)}
        assert remembered == LASTING


def test_what_a_test_puts_into_the_services_is_gone(kept_apps, settings, tmp_path):
    with lent(kept_apps, settings, tmp_path) as first:
        services_of(first)[str] = "left behind"
    with lent(kept_apps, settings, tmp_path) as second:
        assert second is first
        assert str not in services_of(second)


def test_an_app_with_a_new_hook_is_not_lent_again(kept_apps, settings, tmp_path):
    with lent(kept_apps, settings, tmp_path) as first:
        first.before_request_funcs.setdefault(None, []).append(lambda: None)
    with lent(kept_apps, settings, tmp_path) as second:
        assert second is not first


def test_an_app_whose_engine_has_a_listener_is_not_lent_again(
    kept_apps, settings, tmp_path
):
    with lent(kept_apps, settings, tmp_path) as first:
        engine = service_of(first, Database).engine
        event.listen(engine, "before_cursor_execute", lambda *_: None)
    with lent(kept_apps, settings, tmp_path) as second:
        assert second is not first


def test_other_settings_get_another_app(kept_apps, settings, tmp_path):
    with (
        lent(kept_apps, settings, tmp_path) as first,
        lent(kept_apps, settings, tmp_path / "elsewhere") as second,
    ):
        assert second is not first
