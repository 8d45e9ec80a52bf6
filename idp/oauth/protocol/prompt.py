"""The ``prompt`` and ``max_age`` parameters (OIDC Core §3.1.2.1, Prompt Create 1.0)."""

from enum import Enum

from idp.oauth.protocol.refusals import invalid_request

MAX_AGE_DIGITS = 9


class Prompt(Enum):
    """What the client wants the user to be asked."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT_ACCOUNT = "select_account"
    CREATE = "create"


BY_NAME = {prompt.value: prompt for prompt in Prompt}
NEW_AUTHENTICATION = frozenset({Prompt.LOGIN, Prompt.CREATE})


def offered(*, registration_open: bool) -> list[str]:
    """Return the values that lead somewhere; ``create`` only where sign-up is open."""
    return [
        prompt.value
        for prompt in Prompt
        if registration_open or prompt is not Prompt.CREATE
    ]


def parse_prompt(value: str | None) -> frozenset[Prompt]:
    """Return the prompts; unknown ones, and ``none`` beside another, are refused."""
    if value is None:
        return frozenset()
    names = [name for name in value.split(" ") if name]
    if not all(name in BY_NAME for name in names):
        raise invalid_request("prompt has an unknown value")
    prompts = frozenset(BY_NAME[name] for name in names)
    if Prompt.NONE in prompts and len(prompts) > 1:
        raise invalid_request("prompt=none cannot stand beside other values")
    return prompts


def is_silent(value: str | None) -> bool:
    """Tell whether a request shows no page, whatever else is wrong with it."""
    return value is not None and value.split() == [Prompt.NONE.value]


def parse_max_age(value: str | None) -> int | None:
    """Return the seconds; anything but a short run of ASCII digits is refused."""
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= MAX_AGE_DIGITS):
        raise invalid_request("max_age must be a whole number of seconds")
    return int(value)
