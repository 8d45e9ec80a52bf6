"""Mail over SMTP, to a real server on loopback."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from idp.administration.branding.declared import apply_branding
from idp.core.db import db
from idp.ops.configuration import configure
from tests.mail.values import LINK

FROM = "Acme, Inc. <login@acme.example>"


@dataclass
class Inbox:
    """What the server took, and what it answers to each step."""

    mails: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    sender_reply: str = "250 OK"
    recipient_reply: str = "250 OK"
    data_reply: str = "250 OK"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server, _session, envelope, address, options
    ):
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender_reply

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server, _session, envelope, address, _options
    ):
        if self.recipient_reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.recipient_reply

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope
    ):
        if self.data_reply.startswith("2"):
            self.mails.append(envelope)
            self.encrypted.append(session.ssl is not None)
        return self.data_reply

    def message(self) -> EmailMessage:
        """Return the only mail, parsed."""
        (envelope,) = self.mails
        return message_from_bytes(envelope.content, policy=policy.default)


@dataclass(frozen=True)
class Certificate:
    """A self-made certificate for 127.0.0.1 and localhost."""

    path: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    names = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + built.public_bytes(pem)
    )
    return Certificate(path)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server_options() -> dict[str, object]:
    """How the mail server of this test is set up; override to change it."""
    return {}


class MailServer(Controller):
    """A server on a port that the system chose."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def server(inbox: Inbox, server_options) -> Iterator[MailServer]:
    controller = MailServer(inbox, hostname="127.0.0.1", port=0, **server_options)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def mail_url() -> str:
    """The URL of this test, with ``{port}`` to be filled in."""
    return "smtp://127.0.0.1:{port}"


@pytest.fixture
def environ(server: MailServer, mail_url: str) -> dict[str, str]:
    return {
        "IDP_MAIL_URL": mail_url.format(port=server.port),
        "IDP_MAIL_FROM": FROM,
        "IDP_MAIL_REPLY_TO": "help@acme.example",
        "IDP_ISSUER_NAME": "Acme, Inc.",
    }


def test_a_mail_arrives_as_text_and_html(post, inbox):
    post.put("ada@example.com", display_name="Zoë")
    assert post.deliver() == 1
    message = inbox.message()
    assert message.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in message.iter_parts())
    assert "Hello Zoë," in text
    assert LINK in text.splitlines()
    assert f'href="{LINK}"' in html
    assert post.row().text == ""


def test_the_headers_say_who_writes_and_that_a_machine_does(post, inbox, clock):
    post.put("ada@example.com")
    post.deliver()
    (envelope,), message = inbox.mails, inbox.message()
    assert (envelope.mail_from, envelope.rcpt_tos) == (
        "login@acme.example",
        ["ada@example.com"],
    )
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        "Acme, Inc.",
        "login@acme.example",
    )
    assert message["To"] == "ada@example.com"
    assert message["Reply-To"] == "help@acme.example"
    assert message["Subject"] == "Confirm your email for Acme, Inc."
    assert message["Date"].datetime == clock.now.replace(microsecond=0)
    assert message["Message-ID"] == f"<{post.row().id}@acme.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message


def test_a_display_name_adds_no_header(post, inbox):
    post.put(display_name="Ada\r\nBcc; all\r\n\r\nX")
    post.deliver()
    message = inbox.message()
    assert "Bcc" not in message
    assert inbox.mails[0].rcpt_tos == ["ada@example.com"]


@pytest.mark.parametrize(
    "recipient", ["a@b.example,c@d.example", "a@b.example\nBcc: x@y"]
)
def test_a_recipient_that_is_not_one_address_gets_nothing(post, inbox, recipient):
    post.put(recipient)
    post.deliver()
    assert inbox.mails == []
    assert post.row().failed_at is not None


def test_an_internationalised_domain_goes_in_ascii(post, inbox):
    post.put("ada@bücher.example")
    post.deliver()
    assert inbox.mails[0].rcpt_tos == ["ada@xn--bcher-kva.example"]


class TestWithSmtpUtf8:
    @pytest.fixture
    def server_options(self):
        return {"enable_SMTPUTF8": True}

    def test_an_internationalised_local_part_goes_as_it_is(self, post, inbox):
        post.put("büro@example.com")
        post.deliver()
        assert inbox.mails[0].rcpt_tos == ["büro@example.com"]
        assert "SMTPUTF8" in inbox.mails[0].mail_options


class TestWithoutSmtpUtf8:
    @pytest.fixture
    def server_options(self):
        return {"enable_SMTPUTF8": False}

    def test_an_internationalised_local_part_is_refused_for_good(self, post, inbox):
        post.put("büro@example.com")
        post.deliver()
        assert inbox.mails == []
        assert post.row().failed_at is not None
        assert "SMTPUTF8" in post.row().last_error


@pytest.mark.parametrize("step", ["recipient_reply", "data_reply"])
def test_a_permanent_refusal_fails_at_once(post, inbox, step):
    setattr(inbox, step, "550 No such user here")
    post.put()
    post.deliver()
    row = post.row()
    assert row.failed_at is not None
    assert row.last_error == "550 No such user here"
    assert (row.text, row.html) == ("", "")


@pytest.mark.parametrize("step", ["recipient_reply", "data_reply", "sender_reply"])
def test_a_temporary_refusal_is_tried_again(post, inbox, clock, step):
    setattr(inbox, step, "451 Come back later")
    post.put()
    post.deliver()
    row = post.row()
    assert (row.failed_at, row.sent_at) == (None, None)
    assert "451 Come back later" in row.last_error
    setattr(inbox, step, "250 OK")
    clock.tick(seconds=15)
    post.deliver()
    assert len(inbox.mails) == 1
    assert post.row().last_error is None


def test_a_refusal_of_our_sender_waits_until_the_set_up_is_mended(post, inbox):
    inbox.sender_reply = "550 Sender not allowed"
    post.put()
    post.deliver()
    row = post.row()
    assert (row.failed_at, row.sent_at) == (None, None)
    assert "550 Sender not allowed" in row.last_error


class TestServerThatIsAway:
    @pytest.fixture
    def mail_url(self):
        return "smtp://127.0.0.1:1"

    def test_the_mail_waits(self, post):
        post.put()
        post.deliver()
        assert post.row().failed_at is None
        assert "refused" in post.row().last_error


class TestStartTls:
    @pytest.fixture
    def server_options(self, certificate):
        return {"tls_context": certificate.server_context(), "require_starttls": True}

    @pytest.fixture
    def mail_url(self):
        return "smtp+starttls://127.0.0.1:{port}"

    def test_a_mail_goes_encrypted(self, post, inbox, certificate, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        post.put()
        post.deliver()
        assert inbox.encrypted == [True]

    def test_a_certificate_that_nobody_vouches_for_gets_nothing(self, post, inbox):
        post.put()
        post.deliver()
        assert inbox.mails == []
        assert "CERTIFICATE_VERIFY_FAILED" in post.row().last_error
        assert post.row().failed_at is None


class TestServerWithoutStartTls:
    @pytest.fixture
    def mail_url(self):
        return "smtp+starttls://127.0.0.1:{port}"

    def test_nothing_goes_in_clear(self, post, inbox):
        post.put()
        post.deliver()
        assert inbox.mails == []
        assert "STARTTLS" in post.row().last_error


class TestTlsFromTheStart:
    @pytest.fixture
    def server_options(self, certificate):
        return {"ssl_context": certificate.server_context()}

    @pytest.fixture
    def mail_url(self):
        return "smtps://127.0.0.1:{port}"

    @pytest.fixture(autouse=True)
    def trusted(self, certificate, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))

    def test_a_mail_goes_encrypted(self, post, inbox):
        post.put()
        post.deliver()
        assert len(inbox.mails) == 1


class TestLogin:
    PASSWORD = "p@ss/word:"

    @pytest.fixture
    def server_options(self, certificate):
        def check(_server, _session, _envelope, _mechanism, login) -> AuthResult:
            wanted = LoginPassword(b"mailer", self.PASSWORD.encode())
            return AuthResult(success=login == wanted, handled=False)

        return {
            "tls_context": certificate.server_context(),
            "authenticator": check,
            "auth_required": True,
        }

    @pytest.fixture
    def mail_url(self):
        return "smtp+starttls://mailer:p%40ss%2Fword%3A@127.0.0.1:{port}"

    @pytest.fixture(autouse=True)
    def trusted(self, certificate, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))

    def test_the_login_of_the_url_is_used(self, post, inbox):
        post.put()
        post.deliver()
        assert len(inbox.mails) == 1

    def test_a_wrong_password_delays_mail_and_is_not_told(self, post, inbox, caplog):
        self.PASSWORD = "another"
        post.put()
        post.deliver()
        assert inbox.mails == []
        assert post.row().failed_at is None
        assert "535" in post.row().last_error
        assert "p@ss" not in caplog.text + post.row().last_error


def test_the_sender_is_the_issuer_unless_set():
    loaded = configure(
        {"IDP_ENVIRONMENT": "development", "IDP_ISSUER": "http://localhost:8000"}
    )
    settings = next(o for o in loaded.objects.values() if hasattr(o, "mail_from"))
    assert settings.mail_from == "no-reply@localhost"


class TestASenderWithoutAName:
    @pytest.fixture
    def environ(self, environ):
        return environ | {"IDP_MAIL_FROM": "login@acme.example"}

    def test_it_has_that_of_the_server_and_first_of_its_branding(
        self, app, post, inbox, tmp_path
    ):
        post.put()
        post.deliver()
        with app.app_context():
            apply_branding({"name": "Beta"}, folder=tmp_path)
            db.session.commit()
        post.put()
        post.deliver()
        senders = [message_from_bytes(mail.content)["From"] for mail in inbox.mails]
        assert senders == [
            '"Acme, Inc." <login@acme.example>',
            "Beta <login@acme.example>",
        ]
