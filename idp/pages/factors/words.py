"""What is said of a wrong code."""

from flask_babel import gettext, lazy_gettext

from idp.web.problems import words_for

WRONG_TOTP = lazy_gettext(
    "That code isn’t right. Codes change every 30 seconds; check your phone’s clock."
)
WRONG_RECOVERY_CODE = lazy_gettext(
    "That code isn’t right. Each recovery code works once."
)

WRONG_EMAIL_CODE = lazy_gettext(
    "That code isn’t right. Use the one of the newest email; it holds ten minutes."
)


def too_many_wrong(seconds: int) -> str:
    """Say how long no code is taken."""
    words: str = gettext(
        "Too many wrong codes. Wait %(time)s.", time=words_for(seconds)
    )
    return words


def too_many_here(seconds: int) -> str:
    """Say the same where there are other ways."""
    words: str = gettext(
        "Too many wrong codes. Wait %(time)s, or use another way.",
        time=words_for(seconds),
    )
    return words
