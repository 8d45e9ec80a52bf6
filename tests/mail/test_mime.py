"""What a mail is on its way."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address

import pytest
from babel.support import Translations

from idp.mail.messages import MESSAGES
from idp.mail.mime import compose
from idp.mail.rendering import TEMPLATES
from idp.mail.transports import OutgoingMessage

ISSUERS = (
    "idp",
    "Müller & Söhne",
    "مؤسسة الأمل للخدمات",
    "例子服务" * 10,
    f"{'A' * 30} – {'ß' * 50}",
    "Acme " + "x" * 90,
    'say "hi", (ok) <b> \U0001f469\u200d\U0001f680',
)


def sent(subject):
    written = datetime(2026, 11, 29, tzinfo=UTC)
    mail = OutgoingMessage(
        "1", "ada@example.com", subject, "t", "h", created_at=written
    )
    sender = Address("idp", addr_spec="idp@idp.example")
    return compose(mail, sender=sender, reply_to=None).as_bytes()


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_subject_is_read_as_it_was_written(language):
    texts = Translations.load(TEMPLATES.parent / "translations", [language])
    for issuer in ISSUERS:
        for message in MESSAGES.values():
            subject = texts.gettext(message.subject) % {"issuer": issuer}
            read = message_from_bytes(sent(subject), policy=policy.default)
            assert str(read["Subject"]) == subject
            longest = max(map(len, sent(subject).splitlines()))
            assert longest <= 76 or subject.isascii(), subject


def test_a_mail_asks_for_no_answer_of_a_program():
    read = message_from_bytes(sent("Hello"), policy=policy.default)
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "OOF, AutoReply"
