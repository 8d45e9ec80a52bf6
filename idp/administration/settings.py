"""Settings of who administers the server."""

import re
from dataclasses import dataclass

from idp.core.settings.declared import setting

KEY = re.compile(r"idpk_[A-Za-z0-9_-]{43,200}")


def _check_key(value: str) -> str | None:
    """Return why a text is no API key, without saying it; None where it is one."""
    if KEY.fullmatch(value):
        return None
    return "must be idpk_ and 43 or more of A-Z a-z 0-9 _ -, made by chance"


@dataclass(frozen=True)
class AdministrationSettings:
    """Who administers before anybody has signed in, and what needs them."""

    bootstrap_admin_api_key: str | None = setting(
        None,
        secret=True,
        check=_check_key,
        doc="An API key that the first start makes, for programs that set the server "
        "up: it may do all, for a year. `idpk_` and 43 or more characters of chance.",
    )
    disk_warn_megabytes: int = setting(
        1024,
        minimum=0,
        doc="`/admin` says when less is free on the disk of the data folder or the "
        "SQLite file; below a tenth of it, urgently. 0 never says it.",
    )
    audit_retention_days: int = setting(
        365,
        minimum=0,
        doc="After how many days rows of the audit log are deleted; 0 keeps them for "
        "ever. What the overview counts stays.",
    )
