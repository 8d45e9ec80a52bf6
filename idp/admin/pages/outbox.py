"""/admin/outbox: the mails of a development server, which sends none."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, url_for

from idp.core.context import current
from idp.mail.addresses import parse_mailbox
from idp.mail.mime import sender_of
from idp.mail.models import OutboxMessage
from idp.mail.outbox import find_action, find_message, list_newest
from idp.mail.rendering import render, subject_of
from idp.mail.settings import MailSettings
from idp.mail.transports import OutgoingMessage
from idp.web.callers.this_machine import OUTBOX, outbox_url
from idp.web.pages import page

SHOWN = 100
# The mail's own styles are inline; everything else in it stays dead.
BODY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
)

blueprint = Blueprint("outbox", __name__, url_prefix=OUTBOX)


@blueprint.before_request
def require_this_machine() -> None:
    """Answer 404 unless mail stays here and the reader sits at this machine."""
    if outbox_url() is None:
        abort(HTTPStatus.NOT_FOUND)


@blueprint.get("")
def show_messages() -> Response:
    """Show the newest messages."""
    return page(
        "admin/outbox.html",
        messages=[_summary(message) for message in list_newest(SHOWN)],
        navigation=[],
        account_label=None,
    )


@blueprint.get("/<message_id>")
def show_message(message_id: str) -> Response:
    """Show one message, its link and its code."""
    row = _get_message(message_id)
    message = render(row)
    link, code = find_action(message.text)
    shown = _summary(row) | {
        "text": message.text,
        "link": link,
        "code": code,
        "html_url": url_for(".show_body", message_id=row.id),
        "headers": _headers_of(message),
    }
    return page(
        "admin/outbox_message.html",
        frame_src="'self'",
        message=shown,
        outbox_url=url_for(".show_messages"),
        navigation=[],
        account_label=None,
    )


@blueprint.get("/<message_id>/body")
def show_body(message_id: str) -> Response:
    """Serve the HTML part for the frame, in a sandbox."""
    response = make_response(render(_get_message(message_id)).html)
    response.headers["Content-Security-Policy"] = BODY_POLICY
    return response


def _get_message(message_id: str) -> OutboxMessage:
    """Return the message, or answer 404."""
    message = find_message(message_id)
    return message or abort(HTTPStatus.NOT_FOUND)


def _summary(message: OutboxMessage) -> dict[str, object]:
    """Return what the list and the page show of a message."""
    return {
        "url": url_for(".show_message", message_id=message.id),
        "to": message.recipient,
        "subject": subject_of(message),
        "created_at": message.created_at,
    }


def _headers_of(message: OutgoingMessage) -> list[tuple[str, str]]:
    """Return the headers that people look for."""
    mailbox = parse_mailbox(current(MailSettings).mail_from)
    return [
        ("From", str(sender_of(message, mailbox=mailbox))),
        ("To", message.recipient),
        ("Subject", message.subject),
    ]
