"""The code that a device shows and a user types (pure; RFC 8628 §6.1)."""

import re

from idp.core.randomness import CONSONANTS, USER_CODE_LENGTH
from idp.core.text import in_one_piece

CODE = re.compile(f"[{CONSONANTS}]{{{USER_CODE_LENGTH}}}")


def parse_user_code(typed: str) -> str | None:
    """Return the code that was meant: case, dashes and spaces make no difference."""
    meant = in_one_piece(typed).upper()
    return meant if CODE.fullmatch(meant) else None


def shown_user_code(code: str) -> str:
    """Return a code as users read it: WDJB-MJHT."""
    half = USER_CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
