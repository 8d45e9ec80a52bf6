"""Requests with which nobody goes anywhere: nothing is made of them."""

from flask import request

PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
AHEAD = frozenset({"prefetch", "preview"})


def is_probe() -> bool:
    """Tell whether a request asks by HEAD, or is a browser's that fetches ahead.

    What a link leads to is fetched by mail scanners and by browsers that expect it to
    be followed (W3C Fetch Metadata §2, ``Sec-Purpose``; the others are older).
    """
    purposes = {request.headers.get(name, "").partition(";")[0] for name in PURPOSES}
    return request.method == "HEAD" or not purposes.isdisjoint(AHEAD)
