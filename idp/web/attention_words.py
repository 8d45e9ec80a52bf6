"""What needs operators, in words. English only, as are the pages that show them."""

from idp.administration.attention import Attention, Need

WORDS = {
    Need.NO_SIGNING_KEY: "No key signs: nobody can sign in to an app.",
    Need.NO_WORKER: "No background worker runs: mail, notices of sign-outs and new "
    "keys wait for one.",
    Need.JOBS_FAILING: "Jobs that fail: {names}.",
    Need.JOBS_LATE: "Jobs that are late: {names}.",
    Need.MAIL_FAILED: "Mails that were given up: {count}.",
    Need.MAIL_DELAYED: "Mails that cannot leave yet: {count}, the oldest of "
    "{at:%d %b, %H:%M} UTC.",
    Need.DELIVERIES_FAILED: "Notices of sign-outs that no app took: {count}.",
    Need.SCHEMA_DIFFERS: "The database is at revision {names}, which is not this "
    "version’s.",
    Need.KEYS_ROTATE: "The next signing keys take over on {at:%d %b, %H:%M} UTC "
    "({names}).",
}


def attention_words(item: Attention) -> str:
    """Say what needs somebody."""
    names = ", ".join(item.names)
    return WORDS[item.need].format(count=item.count, names=names, at=item.at)
