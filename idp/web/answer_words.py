"""What came of a request to somebody else's server, in words for operators.

English only, as are the pages that show them.
"""

from http import HTTPStatus

HTTP = "http_"
ACCEPTED = "It accepted."
WORDS = {
    "dns": "Its host name was not found.",
    "connection": "Nothing answered there.",
    "tls": "Its certificate was not to be trusted.",
    "timeout": "It took too long to answer.",
    "too_large": "Its answer was too large.",
    "protocol": "Its answer was no HTTP that we understand.",
    "blocked_url": "This address may not be called: only https is.",
    "blocked_address": "Its host leads into a private network, which is never called.",
    "client_gone": "The app takes no notices any more.",
}


def answer_words(error: str | None) -> str:
    """Say why something was not accepted; None says that it was."""
    if error is None:
        return ACCEPTED
    if error.startswith(HTTP):
        return _status_words(error.removeprefix(HTTP))
    return WORDS.get(error, error)


def _status_words(text: str) -> str:
    """Say what an answer of this status means."""
    status = int(text) if text.isdecimal() else 0
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"It redirected ({text}), which is not followed."
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"It refused ({text})."
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"It failed itself ({text})."
    return f"It answered {text}, which says neither yes nor no."
