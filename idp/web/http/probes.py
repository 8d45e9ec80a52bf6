"""Requests with which nobody goes anywhere: nothing is made of them."""

from flask import request


def is_probe() -> bool:
    """Tell whether a request asks by HEAD, or is a browser's that fetches ahead.

    What a link leads to is fetched by mail scanners and by browsers that expect it to
    be followed (W3C Fetch Metadata §2, ``Sec-Purpose``).
    """
    return request.method == "HEAD" or "prefetch" in request.headers.get(
        "Sec-Purpose", ""
    )
