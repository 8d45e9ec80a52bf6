"""Mail addresses as they stand in headers and go over the wire (RFC 5322, RFC 6531)."""

from email.errors import MessageError
from email.headerregistry import Address

from idp.mail.address_syntax import ascii_domain


class BadAddress(ValueError):
    """Text that is no single mail address."""


def parse_mailbox(text: str) -> Address:
    """Return ``Name <address>`` or a bare address.

    All before the last ``<`` is the name, commas and dots included: it is the name of
    a server, which nobody should have to quote.
    """
    name, bracket, rest = text.strip().rpartition("<")
    if bracket and not rest.endswith(">"):
        raise BadAddress(f"{text!r} has a < without a > at its end")
    mailbox = parse_address(rest.removesuffix(">") if bracket else rest)
    return Address(name.strip().strip('"'), mailbox.username, mailbox.domain)


def parse_address(text: str) -> Address:
    """Return one address, its domain in ASCII (IDNA 2008).

    A local part beyond ASCII stays as it is: only servers with SMTPUTF8 take it. Any
    domain will do, ``localhost`` too: mail may stay in the house.
    """
    local, _, domain = text.rpartition("@")
    # The header parser judges ASCII; beyond it, printable characters are atoms too.
    judged = "".join("x" if _beyond_ascii(letter) else letter for letter in local)
    try:
        wired = domain if domain.isascii() else ascii_domain(domain)
        Address(addr_spec=f"{judged}@{wired}")
    except (MessageError, ValueError) as error:
        raise BadAddress(f"{text!r} is no mail address") from error
    return Address(username=local, domain=wired)


def _beyond_ascii(letter: str) -> bool:
    """Tell whether RFC 6531 lets this character stand in a local part."""
    return not letter.isascii() and letter.isprintable()
