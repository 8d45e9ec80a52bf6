"""Who confirms an address, and whether it is who signed up with it (security.md §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from idp.accounts.one_time_tokens import SpentToken


@dataclass(frozen=True)
class ConfirmedBy:
    """Who confirms: the tokens they hold, as digests, and the live session, if any."""

    digests: Sequence[str] = ()
    session_id: str | None = None

    def in_session_of(self, signed_up: Row[*tuple[Any, ...]]) -> bool:
        """Tell whether the session is the one that registered; all are, if none did.

        An operator made the account then, and its password is nobody's to plant.
        """
        if signed_up.registration_digest is None:
            return True
        begun = signed_up.registration_session_id
        return begun is not None and begun == self.session_id

    def has_signed_up(self, signed_up: Row[*tuple[Any, ...]]) -> bool:
        """Tell whether this is the browser, program or session that signed up."""
        known = signed_up.registration_digest in self.digests
        return known or self.in_session_of(signed_up)


@dataclass(frozen=True)
class Confirmed(SpentToken):
    """An address is proven; ``password_discarded``: not by who signed up.

    ``awaits_approval``: an operator has to let the account in before it is used.
    """

    password_discarded: bool
    in_registering_session: bool
    awaits_approval: bool = False
