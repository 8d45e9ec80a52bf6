"""Which optional scope values a person keeps on a page that asks for consent."""

from flask import request

KEPT = "keep-"


def kept_values() -> set[str]:
    """Return the optional scope values whose boxes are ticked."""
    return {name.removeprefix(KEPT) for name in request.form if name.startswith(KEPT)}
