"""Notices as lists show them."""

import re
from typing import Any

from flask import request, url_for

from idp.oauth.logout.listing import Delivery, DeliveryState
from idp.web.answer_words import WORDS, answer_words

STATUS = re.compile(r"http_\d{3}")
ACCEPTED = "accepted"


def asked_state() -> DeliveryState | None:
    """Return the state that the address asks for, None for all."""
    asked = request.args.get("state", "")
    return DeliveryState(asked) if asked in set(DeliveryState) else None


def shown_delivery(item: Delivery) -> dict[str, Any]:
    """Return what a list shows of a notice."""
    return {
        "id": item.id,
        "client_name": item.client_name,
        "client_url": url_for(
            "client_deliveries.show_deliveries", client_id=item.client_id
        ),
        "email": item.email,
        "at": item.created_at,
        "state": item.state,
        "tries": item.tries,
        "next_try_at": item.next_try_at,
        "answer": answer_words(item.error)
        if item.error or item.state is DeliveryState.DELIVERED
        else None,
    }


def shown_test() -> dict[str, Any] | None:
    """Return what the address says of a test that was just made."""
    said = request.args.get("tested", "")
    if said == ACCEPTED:
        return {"accepted": True, "answer": answer_words(None)}
    if said in WORDS or STATUS.fullmatch(said):
        return {"accepted": False, "answer": answer_words(said)}
    return None
