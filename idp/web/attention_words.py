"""What needs operators, in words."""

from flask_babel import format_datetime, lazy_gettext

from idp.administration.attention import Attention, Need

WORDS = {
    Need.NO_SIGNING_KEY: lazy_gettext("No key signs: nobody can sign in to an app."),
    Need.NO_WORKER: lazy_gettext(
        "No background worker runs: mail, notices of sign-outs and new keys wait for "
        "one."
    ),
    Need.JOBS_FAILING: lazy_gettext("Jobs that fail: %(names)s."),
    Need.JOBS_LATE: lazy_gettext("Jobs that are late: %(names)s."),
    Need.MAIL_FAILED: lazy_gettext("Mails that were given up: %(count)s."),
    Need.MAIL_DELAYED: lazy_gettext(
        "Mails that cannot leave yet: %(count)s, the oldest of %(at)s."
    ),
    Need.DELIVERIES_FAILED: lazy_gettext(
        "Notices of sign-outs that no app took: %(count)s."
    ),
    Need.SCHEMA_DIFFERS: lazy_gettext(
        "The database is at revision %(names)s, which is not this version’s."
    ),
    Need.KEYS_ROTATE: lazy_gettext(
        "The next signing keys take over on %(at)s (%(names)s)."
    ),
}
MOMENT = lazy_gettext("d MMM y, HH:mm z")


def attention_words(item: Attention) -> str:
    """Say what needs somebody."""
    names = ", ".join(item.names)
    at = format_datetime(item.at, str(MOMENT)) if item.at else ""
    return str(WORDS[item.need]) % {"count": item.count, "names": names, "at": at}
