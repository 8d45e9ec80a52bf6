"""What needs operators, in words."""

from babel.dates import format_datetime
from flask_babel import get_locale, lazy_gettext

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
    Need.APPROVALS_WAIT: lazy_gettext(
        "New accounts that wait for approval: %(count)s, the first since %(at)s."
    ),
    Need.DISK_FULL: lazy_gettext(
        "Hardly any room is left on the disk of %(names)s: %(count)s MB. Soon nothing "
        "can be saved."
    ),
    Need.DISK_LOW: lazy_gettext(
        "Little room is left on the disk of %(names)s: %(count)s MB."
    ),
    Need.PROXY_UNTRUSTED: lazy_gettext(
        "Requests come by %(names)s, which IDP_TRUSTED_PROXIES does not name: limits "
        "and the log take everybody for that address."
    ),
    Need.PROXY_SILENT: lazy_gettext(
        "The proxy at %(names)s sends no X-Forwarded-For: limits and the log take "
        "everybody for that address."
    ),
}
MOMENT = lazy_gettext("d MMM y, HH:mm z")


def attention_words(item: Attention) -> str:
    """Say what needs somebody."""
    names = ", ".join(item.names)
    # also for commands that ask a running server and have no app
    language = get_locale() or "en"
    at = format_datetime(item.at, str(MOMENT), locale=language) if item.at else ""
    return str(WORDS[item.need]) % {"count": item.count, "names": names, "at": at}
