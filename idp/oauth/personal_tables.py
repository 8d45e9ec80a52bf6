"""The personal data of this slice: which apps a user uses, since when, for what."""

from sqlalchemy import ColumnElement, Table, delete, or_, select

from idp.accounts.lifecycle.personal_data import DataSubject, PersonalTable
from idp.core.db import table_of
from idp.oauth.models import (
    Api,
    AppRole,
    AppRoleUser,
    AuthorizationCode,
    ClientAccessUser,
    ClientTrial,
    Consent,
    DeviceCode,
    Grant,
    Interaction,
    LogoutDelivery,
    PersonalToken,
    RefreshFamily,
)

grants, consents = table_of(Grant), table_of(Consent)
codes, families = table_of(AuthorizationCode), table_of(RefreshFamily)
interactions, notices = table_of(Interaction), table_of(LogoutDelivery)
devices = table_of(DeviceCode)
roles, held_roles = table_of(AppRole), table_of(AppRoleUser)
access, trials = table_of(ClientAccessUser), table_of(ClientTrial)
tokens, apis = table_of(PersonalToken), table_of(Api)


def _of_grants(table: Table, subject: DataSubject) -> ColumnElement[bool]:
    """Say which rows of a table hang on a user's grants."""
    own = select(grants.c.id).where(grants.c.user_id == subject.user_id)
    return table.c.grant_id.in_(own)


def _answered_by(subject: DataSubject) -> ColumnElement[bool]:
    """Say of which pending requests a user has answered a question."""
    return or_(
        interactions.c.allowed_by == subject.user_id,
        interactions.c.chosen_by == subject.user_id,
    )


PERSONAL_TABLES = (
    PersonalTable(
        name="app_roles",
        table=held_roles,
        of_subject=lambda subject: held_roles.c.user_id == subject.user_id,
        told={
            name: select(roles.c[name])
            .where(roles.c.id == held_roles.c.role_id)
            .scalar_subquery()
            for name in ("client_id", "name")
        },
    ),
    PersonalTable(
        name="app_access",
        table=access,
        of_subject=lambda subject: access.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="client_trials",
        table=trials,
        of_subject=lambda subject: trials.c.user_id == subject.user_id,
        withheld=frozenset({"digest", "code_verifier"}),
    ),
    PersonalTable(
        name="consents",
        table=consents,
        of_subject=lambda subject: consents.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="grants",
        table=grants,
        of_subject=lambda subject: grants.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="authorization_codes",
        table=codes,
        of_subject=lambda subject: _of_grants(codes, subject),
        withheld=frozenset({"digest"}),
    ),
    PersonalTable(
        name="refresh_families",
        table=families,
        of_subject=lambda subject: _of_grants(families, subject),
        withheld=frozenset({"salt"}),
    ),
    PersonalTable(
        name="personal_access_tokens",
        table=tokens,
        of_subject=lambda subject: tokens.c.user_id == subject.user_id,
        withheld=frozenset({"digest"}),
        told={
            "resource": select(apis.c.identifier)
            .where(apis.c.id == tokens.c.api_id)
            .scalar_subquery()
        },
    ),
    PersonalTable(
        name="device_codes",
        table=devices,
        of_subject=lambda subject: devices.c.user_id == subject.user_id,
        withheld=frozenset({"digest", "network", "user_code_mac"}),
    ),
    PersonalTable(
        name="logout_deliveries",
        table=notices,
        of_subject=lambda subject: notices.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="pending_requests",
        table=interactions,
        of_subject=_answered_by,
        withheld=frozenset({"digest", "browser", "network"}),
        erase=lambda subject: delete(interactions).where(_answered_by(subject)),
    ),
)
