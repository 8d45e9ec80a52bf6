"""Senders and recipients as they go over the wire."""

import pytest

from idp.mail.addresses import BadAddress, parse_address, parse_mailbox


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("login@example.com", "", "login@example.com"),
        ("Example <login@example.com>", "Example", "login@example.com"),
        ('"Acme, Inc." <login@example.com>', "Acme, Inc.", "login@example.com"),
        ("Acme, Inc. <login@example.com>", "Acme, Inc.", "login@example.com"),
        ("Büro <büro@bücher.example>", "Büro", "büro@xn--bcher-kva.example"),
        ("idp <no-reply@localhost>", "idp", "no-reply@localhost"),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(text, name, address):
    mailbox = parse_mailbox(text)
    assert (mailbox.display_name, mailbox.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text",
    ["", "Example", "Example <login@example.com", "a@b@c.example", "a@b.c,d@e.f"],
)
def test_what_is_no_single_mailbox_is_refused(text):
    with pytest.raises(BadAddress):
        parse_mailbox(text)


def test_a_sharp_s_stays_its_own_domain():
    # IDNA 2003 would send the mail to strasse.example, which somebody else may own.
    assert parse_address("a@straße.example").addr_spec == "a@xn--strae-oqa.example"
