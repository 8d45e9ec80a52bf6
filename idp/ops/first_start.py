"""What a server needs in its database before it serves: keys and a first admin."""

import logging
from dataclasses import dataclass

from sqlalchemy import select

from idp.accounts.access.permissions import OPERATOR, Role
from idp.accounts.factors.passkeys.registry import count_left_behind
from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.accounts.models import User
from idp.accounts.registration.sign_up import create_user
from idp.accounts.settings import AccountsSettings
from idp.administration.api_keys import LONGEST, WantedKey, create_api_key
from idp.administration.settings import AdministrationSettings
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.randomness import new_password
from idp.oauth.keys.rotation import ensure_keys
from idp.ops.instance import ensure_instance, require_secret

log = logging.getLogger("idp.start")
ADMIN = "admin"
GROUP = 4  # characters between the dashes of a one-time password


@dataclass(frozen=True)
class FirstAdmin:
    """The admin that was just made; ``password`` is None when the operator chose it."""

    username: str
    email: str
    password: str | None


def one_time_password(min_length: int) -> str:
    """Return a password like k7fd-m2qp-x9wt, longer when the policy asks for more."""
    return new_password(groups=max(3, -(-min_length // GROUP)), length=GROUP)


def warn_of_passkeys() -> list[str]:
    """Log, and return, which passkeys do not work because the RP ID has changed."""
    told, ours = [], relying_party().id
    for rp_id, count in sorted(count_left_behind().items()):
        log.warning(
            "passkeys of another RP ID",
            extra={"rp_id": rp_id, "ours": ours, "passkeys": count},
        )
        told.append(
            f"Passkeys made for {rp_id} that do not work for {ours}: {count}. "
            f"IDP_WEBAUTHN_RP_ID={rp_id} brings them back."
        )
    return told


def prepare_database() -> FirstAdmin | None:
    """Make and commit what is missing; return the admin if one was made.

    Raises Refusal where the secret is another than that of the database.
    """
    require_secret()
    ensure_instance()
    ensure_keys()
    admin = _ensure_admin()
    if admin:
        _add_api_key()
    db.session.commit()
    return admin


def _ensure_admin() -> FirstAdmin | None:
    """Make the first admin in a database without users; None when there are some.

    The caller keeps other nodes out meanwhile (``one_node_at_a_time``).
    """
    if db.session.scalars(select(User.id).limit(1)).one_or_none():
        return None
    settings = current(AccountsSettings)
    chosen = settings.bootstrap_admin_password
    password = chosen or one_time_password(settings.password_min_length)
    create_user(
        email=settings.bootstrap_admin_email,
        username=ADMIN,
        password=password,
        email_verified=True,
        roles=(Role.OWNER,),
        must_change_password=not chosen,
    )
    shown = None if chosen else password
    return FirstAdmin(ADMIN, settings.bootstrap_admin_email, shown)


def _add_api_key() -> None:
    """Make the key that the operator has chosen, if any: it may do all."""
    text = current(AdministrationSettings).bootstrap_admin_api_key
    if text is None:
        return
    until = utcnow() + LONGEST
    wanted = WantedKey("bootstrap", OPERATOR, expires_at=until, dangerous=True)
    create_api_key(wanted, held=OPERATOR, text=text)
