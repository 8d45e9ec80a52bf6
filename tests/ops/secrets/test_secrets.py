"""The secret of a server replaced by another, and lost."""

import pytest
from sqlalchemy import select

from idp.core.context import services_of
from idp.core.db import Model, db
from idp.core.sealing import Keyring
from idp.federation.providers.cache import ProviderCache, find_provider
from idp.federation.providers.secrets import open_secret
from idp.mail import outbox
from idp.mail.models import OutboxMessage
from idp.oauth.keys.listing import list_keys
from idp.oauth.keys.signer import Signer
from idp.ops.first_start import prepare_database
from idp.ops.refusals import Refusal
from idp.ops.secrets import recovery
from idp.ops.secrets.columns import SEALED
from idp.ops.secrets.reseal import reseal
from idp.security.models import AuditEvent
from tests.make_users import PASSWORD
from tests.oauth.calls import client_credentials, refresh

OLD = "for-tests-only-" + "x" * 32
NEW = "the secret of tomorrow".ljust(32, "!")
SECOND_FACTOR = "/login/second-factor"


def use(app, *secrets: str) -> None:
    """Run the app with these secrets from now on, as if started anew."""
    services_of(app)[Keyring] = Keyring(secrets)
    services_of(app)[Signer].forget()
    services_of(app)[Signer]._loaded.clear()
    services_of(app)[ProviderCache].forget()


def run(app, rule, *given):
    with app.app_context():
        done = rule(*given)
        db.session.commit()
        return done


@pytest.fixture
def ada(app, make):
    """A user with an authenticator app, on a server that has all that is sealed."""
    run(app, prepare_database)
    make.providers.provider(secret="s3cret")
    return make.users.account("ada@example.com")


@pytest.fixture
def machine(make):
    return make.clients.machine_client()


@pytest.fixture
def phone(make, ada):
    return make.factors.totp(ada)


def signs_in(browser, code: str, *, by: str = "totp") -> bool:
    browser.sign_in("ada@example.com", PASSWORD)
    assert browser.response.request.path == SECOND_FACTOR
    if by != "totp":
        browser.open(f"{SECOND_FACTOR}?method={by}")
    browser.submit(code=code)
    return browser.response.request.path == "/account"


def provider_secret(app) -> str | None:
    with app.app_context():
        return open_secret(find_provider("acme"))


def test_every_sealed_column_is_known():
    found = {
        column
        for table in Model.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sealed")
    }
    known = {each.column for columns in SEALED.values() for each in columns}
    assert found <= known


def test_after_resealing_all_works_without_the_old_secret(
    app, http, machine, phone, another_browser
):
    use(app, NEW, OLD)
    done = run(app, reseal)
    assert done.done["authenticator apps"] == 1
    assert done.done["secrets at providers"] == 1
    assert done.done["signing keys"] == 2
    assert not done.unreadable.total()
    assert done.noticed_until > done.complete_since
    use(app, NEW)
    run(app, prepare_database)
    assert client_credentials(http, machine).status_code == 200
    assert provider_secret(app) == "s3cret"
    assert signs_in(another_browser(), phone.code())
    code = phone.recovery_codes[0]
    assert signs_in(another_browser(), code, by="recovery_code")


def test_a_server_does_not_start_without_the_old_secret_before(app, ada, phone):
    use(app, NEW)
    with pytest.raises(Refusal, match="IDP_SECRET_KEY"):
        run(app, prepare_database)


def test_resealing_again_does_what_is_left_and_says_the_same_day(
    app, make, ada, phone, clock
):
    use(app, NEW, OLD)
    first = run(app, reseal)
    use(app, OLD, NEW)  # a server that was forgotten
    make.providers.change("acme", secret="another")
    clock.tick(days=1)
    use(app, NEW, OLD)
    again = run(app, reseal)
    assert +again.done == {"secrets at providers": 1}
    assert again.complete_since == first.complete_since


def test_a_lost_secret_is_given_up_and_opens_no_account(
    app, make, machine, phone, browser
):
    http, spa = app.test_client(), make.clients.spa()
    token = make.tokens.refresh_token(spa)
    where = {"to": "ada@example.com", "link": "https://idp.example", "locales": ()}
    run(app, lambda: outbox.send("factors_reset", display_name=None, **where))
    use(app, NEW)
    lost = run(app, recovery.find_lost)
    assert lost.people == ["ada@example.com"]
    assert lost.providers == ["acme"]
    assert lost.counts["signing keys"] == 2
    assert lost.counts["recovery codes"] == 10
    run(app, recovery.recover, lost)
    run(app, prepare_database)
    assert client_credentials(http, machine).status_code == 200
    with app.app_context():
        states = [key.state for key in list_keys()]
        told = select(AuditEvent).where(AuditEvent.event == "secret.recovered")
        assert db.session.scalars(told).one().detail["after"] == lost.counts
        (mail,) = db.session.scalars(select(OutboxMessage)).all()
        assert (mail.values_sealed, bool(mail.failed_at)) == (None, True)
    assert sorted(states) == ["retired", "retired", "signing", "signing"]
    assert refresh(http, spa, token).json["error"] == "invalid_grant"
    assert provider_secret(app) not in (None, "s3cret")
    assert not signs_in(browser, phone.code())
    browser.open("/account")
    assert browser.response.request.path == "/login"
    with pytest.raises(Refusal, match="nothing is lost"):
        run(app, recovery.find_lost)
