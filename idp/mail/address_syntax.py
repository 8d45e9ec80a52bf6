"""Mail addresses as the library ``email-validator`` judges them, without the network.

It is imported when the first address is judged: it brings tables of Unicode's letters,
for which no start should wait.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AddressForms:
    """An address in its one spelling, and its domain as A-labels (UTS 46, IDNA 2008).

    ``canonical`` is in NFC, its domain in lower case and in Unicode.
    """

    canonical: str
    ascii_domain: str

    @property
    def domain(self) -> str:
        """Return the domain as people write it."""
        return self.canonical.rpartition("@")[2]


def parse_forms(address: str, *, strict: bool) -> AddressForms:
    """Return the forms of an address.

    ``strict`` keeps to the lengths of RFC 5321. Raises ValueError for what is no
    address.
    """
    import email_validator

    # People of an intranet or of a test live at .local and .test: the library's own way
    # to take such addresses is to empty its list.
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    checked = email_validator.validate_email(
        address, strict=strict, check_deliverability=False, globally_deliverable=False
    )
    return AddressForms(checked.normalized, str(checked.ascii_domain))


def ascii_domain(domain: str) -> str:
    """Return an internationalised domain in the letters of the DNS, or ValueError."""
    return parse_forms(f"a@{domain}", strict=False).ascii_domain
