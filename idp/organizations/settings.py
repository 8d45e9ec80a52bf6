"""Settings of organizations: who may make one."""

from dataclasses import dataclass

from idp.core.settings.declared import setting


@dataclass(frozen=True)
class OrganizationsSettings:
    """Who may make an organization."""

    organizations: str = setting(
        "users",
        choices=("admins", "users"),
        doc="Who may make organizations. `users`: anyone whose email address is "
        "confirmed, ten each. `admins`: operators alone.",
    )
