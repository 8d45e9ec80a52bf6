"""Addresses, usernames and names of people: what is accepted, what makes one unique.

Everything here is a function of values. Text that a database or a mail header could not
hold is refused before either sees it.
"""

import re
from unicodedata import category, name, normalize

from idp.core.errors import FieldError
from idp.core.text import (
    BREAKING,
    IGNORABLE,
    in_digits,
    name_flaw,
    without_ignorable,
)
from idp.mail.address_syntax import ascii_domain, parse_forms

MAX_EMAIL = 254  # RFC 5321 §4.5.3.1.3
MAX_USERNAME = 64
MAX_NAME = 255
# Separators and brackets of address lists; the rest of a header injection is control.
NOT_IN_ADDRESSES = frozenset(',;<>"()[]\\ ')
INVISIBLE = BREAKING | {"Cf", "Co", "Cn"}
MARKS = frozenset({"Mn", "Mc"})
AT_SIGNS = str.maketrans("\uff20\ufe6b", "@@")
USERNAME_ENDS = re.compile(r"[^._-].*[^._-]|[^._-]", re.DOTALL)
# Scripts that one word may mix (UTS #39 §5.1, highly restrictive, without Latin).
MIXES = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)


def as_meant(login: str) -> str:
    """Return a typed address or username without what is not seen, its ``@`` plain."""
    return without_ignorable(login).translate(AT_SIGNS)


def email_key(address: str) -> str:
    """Return the form in which an address is unique, whatever was typed.

    The local part in NFKC and lower case, the domain as A-labels (UTS 46): a browser
    sends them from ``type=email``, and what was typed from other fields.
    """
    typed = normalize("NFKC", without_ignorable(address)).lower()
    local, at, domain = typed.rpartition("@")
    return normalize("NFC", local) + at + _domain_key(domain)


def domain_of(address: str) -> str:
    """Return the domain of an address in the letters of the DNS, empty for none."""
    _, at, domain = as_meant(address).rpartition("@")
    try:
        return ascii_domain(domain) if at else ""
    except ValueError:
        return ""


def canonical_email(address: str) -> str:
    """Return the one spelling in which an address is stored and mailed.

    What nothing is seen of is dropped. Text that is no address stays as it is, for
    ``email_problem`` to refuse.
    """
    typed = as_meant(address)
    try:
        return parse_forms(typed, strict=True).canonical
    except ValueError:
        return typed


def username_key(username: str) -> str:
    """Return the form in which a username is unique: NFKC_Casefold, digits 0 to 9."""
    folded = normalize("NFKC", in_digits(username)).casefold()
    return without_ignorable(normalize("NFKC", folded))


def email_problem(address: str) -> FieldError | None:
    """Say what is wrong with an address, or None.

    One bare address (RFC 5321 §4.1.2, RFC 6531): no quoted local part, no address list,
    nothing invisible. The network is not asked.
    """
    if not address:
        return FieldError("email", "missing")
    if len(address) > MAX_EMAIL or len(email_key(address)) > MAX_EMAIL:
        return FieldError("email", "too_long")
    if not _is_mail_address(address):
        return FieldError("email", "invalid")
    return None


def username_problem(username: str) -> FieldError | None:
    """Say what is wrong with a username, or None.

    Letters of one script, all of them seen, the digits 0-9, and ``.``, ``_``, ``-``
    between them. No ``@``, so a username never reads as an address.
    """
    key = username_key(username)
    if max(len(username), len(key)) > MAX_USERNAME:
        return FieldError("username", "too_long", values={"max": MAX_USERNAME})
    if not USERNAME_ENDS.fullmatch(key) or not all(map(_in_username, key)):
        return FieldError("username", "invalid")
    if _mixes_scripts(key):
        return FieldError("username", "mixed_scripts")
    return None


def name_problem(name: str) -> FieldError | None:
    """Say what is wrong with a name, or None; nearly all text is one, and no text."""
    if len(name) > MAX_NAME:
        return FieldError("name", "too_long", values={"max": MAX_NAME})
    flaw = name_flaw(name) if name else None
    return FieldError("name", flaw) if flaw else None


def name_of_parts(given: str | None, family: str | None) -> str | None:
    """Return the name that its two parts make, as long as a name may be, or None."""
    return " ".join(filter(None, (given, family)))[:MAX_NAME].strip() or None


def _is_mail_address(address: str) -> bool:
    """Tell whether ``address`` is one that mail can be sent to.

    Compatibility characters are out: ``ada`` in full-width letters is another mailbox,
    yet here it would be the same name.
    """
    if any(c in NOT_IN_ADDRESSES or _is_invisible(c) for c in address):
        return False
    if normalize("NFC", address) != normalize("NFKC", address):
        return False
    try:
        domain = parse_forms(address, strict=True).domain
    except ValueError:
        return False
    return "." in domain or domain == "localhost"


def _is_invisible(character: str) -> bool:
    """Tell whether nothing is seen of a character, or nothing that is agreed on."""
    return character in IGNORABLE or category(character) in INVISIBLE


def _domain_key(domain: str) -> str:
    """Return a domain as A-labels; what can be none in lower case, as it was typed."""
    if domain.isascii():
        return domain
    try:
        return ascii_domain(domain)
    except ValueError:
        return domain


def _in_username(character: str) -> bool:
    """Tell whether a username may hold ``character`` (after NFKC and folding)."""
    if character.isascii():
        return character.isalnum() or character in "._-"
    if character in IGNORABLE:
        return False
    return character.isalpha() or category(character) in MARKS


def _mixes_scripts(text: str) -> bool:
    """Tell whether a word takes letters from scripts that are not written together.

    Such a word can look like another: ``admin`` with one Cyrillic letter. The script
    of a letter is the first word of its Unicode name.
    """
    scripts = {name(c, "").partition(" ")[0] for c in text if c.isalpha()}
    return len(scripts) > 1 and not any(scripts <= mix for mix in MIXES)
