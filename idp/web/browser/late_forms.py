"""A form whose cookie is gone: its page is shown anew, with what was typed.

Nothing of it was done. The request goes on as one for the page, in a form that fits the
browser's cookie, so that one press sends it again.
"""

from typing import Any
from urllib.parse import urlencode

from flask import g
from flask.globals import request_ctx
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField

from idp.core.context import current
from idp.web.http.negotiation import SharedPaths

# What leads on from a page: it came in its address, or rides in its forms.
CARRIED = ("return_to", "request", "token", "identity", "admit")
ALWAYS_SENT = (StringField, SelectField)  # however empty; a box without a tick is not
NEVER_SHOWN = (HiddenField, PasswordField, RadioField)
CODE = "code"  # good once, and seen by whoever looks


def show_page_instead() -> bool:
    """Turn the request with a form into one for its page; False where it has none."""
    incoming = request_ctx.request
    sent_to = incoming.url_rule
    paths = current(SharedPaths)
    page = sent_to and paths.route(sent_to.rule, method="GET", json=False)
    if page is None:
        return False
    g.late_form = incoming.form
    carried = {k: incoming.form[k] for k in CARRIED if k in incoming.form}
    incoming.method, incoming.url_rule = "GET", page
    incoming.args = MultiDict([*incoming.args.items(multi=True), *carried.items()])
    incoming.query_string = urlencode(list(incoming.args.items(multi=True))).encode()
    vars(incoming).pop("values", None)
    return True


def came_late() -> bool:
    """Tell whether this page stands in for the answer to a form."""
    return "late_form" in g


def typed_late(form: Any) -> MultiDict[str, str] | None:
    """Return what was typed into a form that came late, None if another was sent.

    Passwords and codes are not in it.
    """
    if not came_late():
        return None
    sent, fields = g.late_form, list(form)
    typed = [f for f in fields if not isinstance(f, NEVER_SHOWN) and f.name != CODE]
    if any(isinstance(f, ALWAYS_SENT) and f.name not in sent for f in typed):
        return None
    shown = {field.name for field in typed if field.name in sent}
    if not shown:
        return None
    return MultiDict([(k, v) for k, v in sent.items(multi=True) if k in shown])
