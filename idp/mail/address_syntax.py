"""Mail addresses as the library ``email-validator`` judges them, without the network.

It is imported when the first address is judged: it brings tables of Unicode's letters,
for which no start should wait.
"""


def judged_domain(address: str, *, strict: bool) -> tuple[str, str]:
    """Return the domain of an address: as people write it, and in the DNS's letters.

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
    return checked.domain, str(checked.ascii_domain)
