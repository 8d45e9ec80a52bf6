"""Settings of the challenges on sign-up, sign-in and requests for mail."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.core.settings.declared import setting

OFF, NEAR_LIMIT, ALWAYS = "off", "near_limit", "always"
OWN = "own"


def _check_url(value: str) -> str | None:
    """Return why ``value`` is no address of a service, or None."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.fragment:
        return f"must be an https URL, not {value!r}"
    if any(sign in value for sign in " ;,'\""):
        return f"has signs that a URL writes otherwise: {value!r}"
    return None


@dataclass(frozen=True)
class ChallengeSettings:
    """When a challenge is asked for, and whose."""

    challenge: str = setting(
        OFF,
        choices=(OFF, NEAR_LIMIT, ALWAYS),
        doc="Whether sign-up, sign-in with a password and requests for mail want the "
        "answer to a challenge. `near_limit`: once half of a limit of the caller's "
        "network, or of the name or address in question, is used up. Pages answer by "
        "themselves; callers of the API have to be written for it.",
    )
    challenge_work: int = setting(
        250,
        minimum=2,
        doc="How much work our own challenge is: between one and two times so many "
        "derivations of a key, of about a millisecond each in a browser.",
    )
    challenge_service: str = setting(
        OWN,
        choices=(OWN, "turnstile", "hcaptcha"),
        doc="Who asks. `own`: a proof of work of this server. `turnstile`, `hcaptcha`: "
        "that service, or one that is used like it; while it cannot be reached, our "
        "own proof of work.",
    )
    challenge_site_key: str = setting(
        "", doc="The key of this site at the service, which pages show."
    )
    challenge_secret: str = setting(
        "", secret=True, doc="The secret of this site at the service."
    )
    challenge_script_url: str = setting(
        "",
        check=_check_url,
        doc="Where pages load the service's script from.",
        default_doc="the service's own",
    )
    challenge_verify_url: str = setting(
        "",
        check=_check_url,
        doc="Where the service is asked about an answer.",
        default_doc="the service's own",
    )
