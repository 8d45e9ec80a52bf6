"""What came of a request to somebody else's server, in words for operators."""

from http import HTTPStatus

from flask_babel import lazy_gettext

HTTP = "http_"
ACCEPTED = lazy_gettext("It accepted.")
WORDS = {
    "dns": lazy_gettext("Its host name was not found."),
    "connection": lazy_gettext("Nothing answered there."),
    "tls": lazy_gettext("Its certificate was not to be trusted."),
    "timeout": lazy_gettext("It took too long to answer."),
    "proxy": lazy_gettext("The proxy made no connection to it."),
    "too_large": lazy_gettext("Its answer was too large."),
    "protocol": lazy_gettext("Its answer was no HTTP that we understand."),
    "blocked_url": lazy_gettext("This address may not be called: only https is."),
    "blocked_address": lazy_gettext(
        "Its host leads into a private network that IDP_OUTBOUND_NETWORKS does not "
        "open."
    ),
    "client_gone": lazy_gettext("The app takes no notices any more."),
}


REDIRECTED = lazy_gettext("It redirected (%(status)s), which is not followed.")
REFUSED = lazy_gettext("It refused (%(status)s).")
FAILED = lazy_gettext("It failed itself (%(status)s).")
UNCLEAR = lazy_gettext("It answered %(status)s, which says neither yes nor no.")


def answer_words(error: str | None) -> str:
    """Say why something was not accepted; None says that it was."""
    if error is None:
        return str(ACCEPTED)
    if error.startswith(HTTP):
        status = error.removeprefix(HTTP)
        return str(_status_words(status)) % {"status": status}
    return str(WORDS.get(error, error))


def _status_words(text: str) -> object:
    """Return the sentence about an answer of this status."""
    status = int(text) if text.isdecimal() else 0
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return REDIRECTED
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return REFUSED
    return FAILED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else UNCLEAR
