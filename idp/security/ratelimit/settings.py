"""Settings of the limits on tries, in the notation of the library ``limits``."""

from dataclasses import dataclass

from limits import parse_many

from idp.core.settings.declared import setting

OFF = "off"


def _check_limit(value: str) -> str | None:
    """Return why ``value`` is no limit, or None."""
    if value == OFF:
        return None
    try:
        parse_many(value)
    except ValueError:
        return f"must be like 10/15 minutes, several joined by ;, or off, not {value!r}"
    return None


def _check_one_limit(value: str) -> str | None:
    """Return why ``value`` is not one limit, or None."""
    if ";" in value:
        return f"must be one limit, not {value!r}"
    return _check_limit(value)


def _limit(default: str, *, doc: str) -> str:
    """Declare one limit setting."""
    declared: str = setting(default, check=_check_limit, doc=doc)
    return declared


@dataclass(frozen=True)
class RateLimitSettings:
    """How many tries are allowed, in what time (security.md §6)."""

    ratelimit_login_account_ip: str = _limit(
        "10/15 minutes",
        doc="Limit on failed sign-ins of one account from one address; `off` lifts it.",
    )
    ratelimit_login_ip: str = _limit(
        "50/15 minutes",
        doc="Limit on failed sign-ins from one address, whatever the account; `off` "
        "lifts it.",
    )
    ratelimit_login_account: str = _limit(
        "30/hour",
        doc="Limit on failed sign-ins of one account from anywhere; `off` lifts it.",
    )
    ratelimit_login_account_slow: str = _limit(
        "1/minute",
        doc="Limit on failed sign-ins of one account once the limit above is reached; "
        "`off` lifts it.",
    )
    ratelimit_login_run: str = _limit(
        "100/30 days",
        doc="Limit on failed sign-ins of one account with no good one in between; "
        "`off` lifts it.",
    )
    ratelimit_register_ip: str = _limit(
        "20/hour", doc="Limit on new accounts from one address; `off` lifts it."
    )
    ratelimit_mail_address: str = _limit(
        "3/hour; 6/day",
        doc="Limit on mails that anyone can ask for, to one address; `off` lifts it.",
    )
    ratelimit_mail_ip: str = _limit(
        "20/hour",
        doc="Limit on mails that anyone can ask for, from one address; `off` lifts it.",
    )
    ratelimit_otp_factor: str = setting(
        "5/15 minutes",
        check=_check_one_limit,
        doc="Limit on wrong one-time codes of one factor, which is then locked for as "
        "long; `off` lifts it.",
    )
    ratelimit_user_code: str = _limit(
        "20/15 minutes",
        doc="Limit on codes of devices that were typed wrong, from one address; `off` "
        "lifts it.",
    )
    ratelimit_discovery_ip: str = _limit(
        "30/10 minutes",
        doc="Limit on questions how an address signs in, from one address; `off` lifts "
        "it.",
    )
    ratelimit_client_auth: str = _limit(
        "20/10 minutes",
        doc="Limit on failed authentications of one client from one address; `off` "
        "lifts it.",
    )
    ratelimit_registration_ip: str = _limit(
        "20/hour",
        doc="Limit on dynamic client registrations from one address; `off` lifts it. "
        "There is no registration endpoint yet. New accounts are limited by "
        "`IDP_RATELIMIT_REGISTER_IP`.",
    )
