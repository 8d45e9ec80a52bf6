"""Settings of the authorization server: lifetimes and signing."""

from dataclasses import dataclass

from idp.core.settings.declared import setting


@dataclass(frozen=True)
class OAuthSettings:
    """Lifetimes of what is issued, and how keys rotate."""

    code_seconds: int = setting(
        60, minimum=10, doc="Lifetime of an authorization code (RFC 6749 §4.1.2)."
    )
    access_token_seconds: int = setting(
        600, minimum=60, doc="Lifetime of an access token."
    )
    id_token_seconds: int = setting(600, minimum=60, doc="Lifetime of an ID token.")
    refresh_idle_seconds: int = setting(
        14 * 86400, minimum=60, doc="A refresh token ends after this time unused."
    )
    refresh_lifetime_seconds: int = setting(
        30 * 86400, minimum=60, doc="A chain of refresh tokens ends after this."
    )
    refresh_grace_seconds: int = setting(
        10,
        minimum=0,
        doc="How long the last spent refresh token is answered again, because the "
        "answer may have been lost.",
    )
    interaction_seconds: int = setting(
        3600, minimum=60, doc="How long an authorization request waits for its user."
    )
    device_code_seconds: int = setting(
        900, minimum=60, doc="How long a device waits for its person (RFC 8628 §3.2)."
    )
    device_interval_seconds: int = setting(
        5, minimum=1, doc="How long a device waits between polls."
    )
    key_publish_seconds: int = setting(
        24 * 3600,
        minimum=600,
        doc="A new key is published this long before it signs; apps keep the published "
        "keys for five minutes.",
    )
    key_lifetime_seconds: int = setting(
        90 * 86400, minimum=3600, doc="How long one key signs."
    )
