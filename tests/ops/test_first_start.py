"""The first start: keys, an admin, a secret file."""

import threading

import pytest
from sqlalchemy import delete, select

from idp.accounts.access.permissions import OPERATOR
from idp.accounts.models import Passkey, User
from idp.accounts.users import find_by_login
from idp.administration.api_keys import find_machine
from idp.core.context import services_of
from idp.core.db import db
from idp.core.hashing import passwords
from idp.core.sealing import Keyring
from idp.core.settings.declared import ConfigurationError
from idp.core.settings.server import ServerSettings
from idp.oauth.models import SigningKey
from idp.ops.configuration import configure
from idp.ops.data_folder import create_secret, prepare_development
from idp.ops.first_start import (
    one_time_password,
    prepare_database,
    warn_of_passkeys,
)
from idp.ops.models import InstanceValue
from idp.ops.refusals import Refusal

CHOSEN = "an operator chose this"
KEY = f"idpk_{'k' * 43}"


@pytest.fixture
def environ(request) -> dict[str, str]:
    """A password of the operator's, where the test's name says so."""
    chosen = {
        "IDP_BOOTSTRAP_ADMIN_PASSWORD": CHOSEN,
        "IDP_BOOTSTRAP_ADMIN_API_KEY": KEY,
    }
    return chosen if "chose" in request.node.name else {}


def start(app):
    with app.app_context():
        return prepare_database()


def test_the_first_start_makes_keys_and_an_admin_with_a_one_time_password(app):
    made = start(app)
    with app.app_context():
        admin = find_by_login("admin")
        assert passwords().verify(admin.password_hash, made.password)
        assert admin.email == made.email == "admin@example.com"
        assert admin.email_verified_at
        assert admin.must_change_password
        assert admin.roles == ["owner"]
        algorithms = db.session.scalars(select(SigningKey.algorithm)).all()
    assert sorted(algorithms) == ["ES256", "RS256"]


def test_a_later_start_makes_nothing(app):
    start(app)
    assert start(app) is None
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 1
        assert len(db.session.scalars(select(SigningKey)).all()) == 2


def test_a_password_that_the_operator_chose_is_used_and_never_shown(app):
    made = start(app)
    assert made.password is None
    with app.app_context():
        admin = find_by_login("admin")
        assert passwords().verify(admin.password_hash, CHOSEN)
        assert not admin.must_change_password


@pytest.mark.parametrize(("minimum", "length"), [(8, 14), (12, 14), (15, 19), (30, 39)])
def test_a_one_time_password_is_as_long_as_the_policy_asks(minimum, length):
    assert len(one_time_password(minimum)) == length


def development(tmp_path) -> ServerSettings:
    environ = {"IDP_ENVIRONMENT": "development", "IDP_DATA_DIR": str(tmp_path / "data")}
    return configure(environ)[ServerSettings]


def test_a_development_server_makes_one_secret_and_keeps_it(tmp_path):
    assert prepare_development(development(tmp_path)) is True
    secret_file = tmp_path / "data" / "secret.key"
    assert secret_file.stat().st_mode & 0o777 == 0o600
    assert secret_file.parent.stat().st_mode & 0o777 == 0o700
    (key,) = development(tmp_path).secret_key
    assert prepare_development(development(tmp_path)) is False
    assert development(tmp_path).secret_key == (key,)


def test_starts_at_the_same_time_agree_on_one_secret(tmp_path):
    path = tmp_path / "secret.key"
    made = []
    ready = threading.Barrier(8)

    def make() -> None:
        ready.wait()
        made.append(create_secret(path))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 7 + [True]
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]
    assert len(path.read_text()) == 44


def test_a_key_that_the_operator_chose_may_do_all(app):
    start(app)
    with app.app_context():
        machine, _ = find_machine(KEY, ip=None)
    assert machine.authority.permissions == OPERATOR


def test_a_key_of_the_operator_is_long_enough_not_to_be_guessed():
    for text in ("idpk_short", "k" * 48):
        with pytest.raises(ConfigurationError) as refused:
            configure(
                {"IDP_ENVIRONMENT": "development", "IDP_BOOTSTRAP_ADMIN_API_KEY": text}
            )
        assert "idpk_" in str(refused.value)
        assert text not in str(refused.value)


@pytest.fixture
def passkey_of(app, make):
    """Keep a passkey that was made for a host."""

    def keep(rp_id: str) -> None:
        owner = make.users.account()
        row = Passkey(
            user_id=owner.id,
            credential_id=owner.id,
            rp_id=rp_id,
            public_key=b"",
            sign_count=0,
            name="Phone",
            synced=False,
        )
        with app.app_context():
            db.session.add(row)
            db.session.commit()

    return keep


def test_a_start_warns_of_passkeys_that_the_rp_id_has_left_behind(
    app, passkey_of, caplog
):
    for host in ("idp.example", "", "old.example", "old.example"):
        passkey_of(host)
    with app.app_context():
        (told,) = warn_of_passkeys()
    assert told == (
        "Passkeys made for old.example that do not work for idp.example: 2. "
        "IDP_WEBAUTHN_RP_ID=old.example brings them back."
    )
    (line,) = caplog.records
    assert (line.levelname, line.rp_id, line.passkeys) == ("WARNING", "old.example", 2)


@pytest.mark.parametrize("known", [True, False], ids=["kept", "not yet"])
def test_a_start_with_another_secret_makes_nothing(app, known):
    start(app)
    with app.app_context():
        if not known:
            db.session.execute(delete(InstanceValue))
            db.session.commit()
        services_of(app)[Keyring] = Keyring(("another secret".ljust(32, "!"),))
        with pytest.raises(Refusal, match="IDP_SECRET_KEY"):
            prepare_database()
        db.session.rollback()
        kept = set(db.session.scalars(select(InstanceValue.key)))
    whole = {"id", "created_at", "canary", "serves_from"}
    assert kept == (whole if known else set())
