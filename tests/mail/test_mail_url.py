"""IDP_MAIL_URL: what is understood, and what a mistake is told."""

import pytest

from idp.core.settings.declared import ConfigurationError
from idp.mail.mail_url import BadMailUrl, MailUrl, parse_mail_url
from idp.ops.configuration import configure


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("outbox:", MailUrl("outbox")),
        ("console:", MailUrl("console")),
        ("file:///var/mail.jsonl", MailUrl("file", path="/var/mail.jsonl")),
        ("file:///a%20b.jsonl", MailUrl("file", path="/a b.jsonl")),
        ("smtp://mail", MailUrl("smtp", "mail", 25)),
        ("smtp://[::1]:2525", MailUrl("smtp", "::1", 2525)),
        ("smtps://mail.example", MailUrl("smtps", "mail.example", 465)),
        (
            "smtp+starttls://us%40er:p%2Fa%3Ass@mail.example",
            MailUrl("smtp+starttls", "mail.example", 587, "us@er", "p/a:ss"),
        ),
        ("smtp://u:p@localhost:25", MailUrl("smtp", "localhost", 25, "u", "p")),
    ],
)
def test_a_mail_url_names_transport_server_and_login(text, url):
    assert parse_mail_url(text) == url


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sendmail:", "must be one of outbox:"),
        ("mail.example.com", "must be one of outbox:"),
        ("file://mail.jsonl", "absolute path"),
        ("file:", "absolute path"),
        ("smtp://", "must name a host"),
        ("smtp://mail:99999", "readable port"),
        ("smtps://user:s3cret/x@mail", "percent-encoded"),
        ("smtps://user:s3cret#x@mail", "percent-encoded"),
        ("smtps://user@mail", "both a user and a password"),
        ("smtp://user:s3cret@mail.example", "in clear"),
        ("smtps://user:s3cret%C3%B6@mail.example", "ASCII"),
    ],
)
def test_a_mistake_is_told_without_the_password(text, told):
    with pytest.raises(BadMailUrl, match=told) as caught:
        parse_mail_url(text)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("key", ["IDP_MAIL_URL", "IDP_MAIL_FROM", "IDP_MAIL_REPLY_TO"])
def test_a_wrong_mail_setting_stops_the_start(key):
    with pytest.raises(ConfigurationError, match=key):
        configure({"IDP_ENVIRONMENT": "development", key: "nonsense"})
