"""What the script of a page sends of a passkey."""

import json
from typing import Any

from wtforms import BooleanField, HiddenField, StringField

from idp.web.forms import PageForm, line_limit, trimmed


class PasskeyForm(PageForm):
    """What an authenticator gave, and the ticket of what it answers."""

    ticket = HiddenField()
    credential = HiddenField()
    name = StringField(validators=[line_limit()], filters=[trimmed])
    remember = BooleanField()
    trust = BooleanField()

    def shown(self) -> dict[str, Any]:
        """Return the credential, empty for what is none."""
        try:
            read = json.loads(self.credential.data or "")
        except (ValueError, RecursionError):
            return {}
        return read if isinstance(read, dict) else {}
