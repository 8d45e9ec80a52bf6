"""Mail addresses as they stand in headers and go over the wire (RFC 5322, RFC 6531)."""

from email.errors import MessageError
from email.headerregistry import Address

from email_validator import EmailNotValidError, validate_email


class BadAddress(ValueError):
    """Text that is no single mail address."""


def parse_mailbox(text: str) -> Address:
    """Return ``Name <address>`` or a bare address.

    All before the last ``<`` is the name, commas and dots included: it is the name of
    a server, which nobody should have to quote.
    """
    name, bracket, rest = text.strip().rpartition("<")
    address = rest.removesuffix(">") if bracket else rest
    if bracket and not rest.endswith(">"):
        raise BadAddress(f"{text!r} has a < without a > at its end")
    return Address(name.strip().strip('"'), addr_spec=wire_address(address))


def wire_address(address: str) -> str:
    """Return an address with its domain in ASCII (IDNA 2008).

    A local part beyond ASCII stays as it is and needs a server with SMTPUTF8. Names
    without a dot, like ``localhost``, are allowed: mail may stay in the house.
    """
    try:
        checked = validate_email(
            address, check_deliverability=False, globally_deliverable=False
        )
        ascii_domain = f"{checked.local_part}@{checked.ascii_domain}"
        return Address(addr_spec=ascii_domain).addr_spec
    except (EmailNotValidError, MessageError, ValueError) as error:
        raise BadAddress(f"{address!r} is no mail address") from error
