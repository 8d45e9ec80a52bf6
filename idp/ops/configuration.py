"""All settings of the server, completed and checked; the first thing a start does."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from idp.accounts.settings import AccountsSettings
from idp.accounts.terms.settings import TermsSettings
from idp.administration.settings import AdministrationSettings
from idp.core.hashing import HashingSettings
from idp.core.settings.cpus import available_cpus
from idp.core.settings.declared import (
    ConfigurationError,
    ConfigurationProblem,
    Loaded,
    env_name,
    load,
)
from idp.core.settings.server import MIN_SECRET_CHARACTERS, ServerSettings
from idp.mail.settings import MailSettings
from idp.oauth.settings import OAuthSettings
from idp.ops.metrics.settings import MetricsSettings
from idp.organizations.settings import OrganizationsSettings
from idp.security.challenge.settings import OWN, ChallengeSettings
from idp.security.dns import DnsSettings
from idp.security.leaked.settings import LeakedPasswordsSettings
from idp.security.outbound.settings import OutboundSettings
from idp.security.ratelimit.settings import RateLimitSettings

SETTINGS = (
    ServerSettings,
    HashingSettings,
    RateLimitSettings,
    MailSettings,
    AccountsSettings,
    TermsSettings,
    AdministrationSettings,
    OrganizationsSettings,
    OAuthSettings,
    OutboundSettings,
    DnsSettings,
    LeakedPasswordsSettings,
    ChallengeSettings,
    MetricsSettings,
)
DEVELOPMENT_MARK = "development"
DEFAULT_PASSWORDS = ("admin", "password", "changeme", "change-me")


def configure(
    environ: Mapping[str, str], overrides: Mapping[str, object] | None = None
) -> Loaded:
    """Return settings that a server can start with.

    Raises ConfigurationError with every problem: unreadable values, and in production
    whatever security.md §10 refuses.
    """
    loaded = load(SETTINGS, environ=environ, overrides=overrides)
    completed = _complete(loaded)
    problems = list(_refused(completed))
    if problems:
        raise ConfigurationError(problems)
    return completed


def configure_command(
    environ: Mapping[str, str], overrides: Mapping[str, object] | None = None
) -> Loaded:
    """Return settings for a one-off command beside a server.

    A command run in the folder of a development server takes environment and issuer
    from the mark in the data folder, so ``idp users link`` works without repeating
    ``--dev --listen ...``.
    """
    given = dict(overrides or {})
    data_dir = Path(environ.get("IDP_DATA_DIR") or ServerSettings.data_dir)
    mark = data_dir / DEVELOPMENT_MARK
    if not environ.get("IDP_ENVIRONMENT") and mark.exists():
        given.setdefault("environment", "development")
        if not environ.get("IDP_ISSUER"):
            given.setdefault("issuer", mark.read_text().strip())
    return configure(environ, given)


def _complete(loaded: Loaded) -> Loaded:
    """Work out the defaults that depend on other settings."""
    server, sources = loaded[ServerSettings], dict(loaded.sources)
    derived: dict[str, object] = {}
    if not server.issuer and server.development:
        derived["issuer"] = f"http://localhost:{server.listen_port}"
    if not server.database_url:
        path = server.data_dir.absolute() / "idp.sqlite3"
        derived["database_url"] = f"sqlite:///{path}"
    if not server.workers:
        derived["workers"] = 2 if server.development else available_cpus()
    if server.demo is None:
        derived["demo"] = server.development
    if not server.secret_key and server.development and server.secret_file.exists():
        derived["secret_key"] = (server.secret_file.read_text().strip(),)
    server = replace(server, **derived)  # type: ignore[arg-type]
    mail = loaded[MailSettings]
    mail_derived = dict(_mail_defaults(mail, server))
    mail = replace(mail, **mail_derived)  # type: ignore[arg-type]
    sources.update(dict.fromkeys([*derived, *mail_derived], "worked out"))
    objects = {**loaded.objects, ServerSettings: server, MailSettings: mail}
    return Loaded(MappingProxyType(objects), MappingProxyType(sources))


def _mail_defaults(
    mail: MailSettings, server: ServerSettings
) -> Iterator[tuple[str, str]]:
    """Yield the mail settings that follow from the server's."""
    if not mail.mail_url and server.development:
        yield "mail_url", "outbox:"
    if not mail.mail_from:
        host = urlsplit(server.issuer).hostname or "localhost"
        yield "mail_from", f"no-reply@{host}"


def _refused(loaded: Loaded) -> Iterator[ConfigurationProblem]:
    """Yield what this environment does not allow."""
    server = loaded[ServerSettings]
    for number, key in enumerate(server.secret_key, start=1):
        if len(key) < MIN_SECRET_CHARACTERS:
            yield ConfigurationProblem(
                "IDP_SECRET_KEY",
                f"key {number} has {len(key)} characters, not {MIN_SECRET_CHARACTERS}",
            )
    origins = loaded[AccountsSettings].webauthn_origins
    if origins and server.issuer not in origins:
        yield ConfigurationProblem(
            "IDP_WEBAUTHN_ORIGINS", f"must have the issuer, {server.issuer}, too"
        )
    yield from _refused_services(loaded)
    if not server.development:
        yield from _refused_in_production(loaded)


def _refused_services(loaded: Loaded) -> Iterator[ConfigurationProblem]:
    """Yield what is missing of a challenge service, or wrong about metrics."""
    challenge = loaded[ChallengeSettings]
    if challenge.challenge_service != OWN:
        for key in ("challenge_site_key", "challenge_secret"):
            if not getattr(challenge, key):
                yield _missing(key, f"that of {challenge.challenge_service}")
    if loaded[MetricsSettings].tells_strangers:
        yield ConfigurationProblem(
            "IDP_METRICS_LISTEN",
            "would tell anybody: name an address of this machine or of a private "
            "network, or set IDP_METRICS_TOKEN",
        )


def _refused_in_production(loaded: Loaded) -> Iterator[ConfigurationProblem]:
    """Yield what would make a production server unsafe (security.md §10)."""
    server = loaded[ServerSettings]
    yield from _refused_issuer(server)
    if not server.secret_key:
        yield _missing("secret_key", "make one with `openssl rand -base64 48`")
    for proxy in server.trusted_proxies:
        if proxy.endswith("/0"):
            yield ConfigurationProblem(
                "IDP_TRUSTED_PROXIES", f"{proxy} would trust everybody"
            )
    if server.demo:
        yield ConfigurationProblem("IDP_DEMO", "the demo app is for development only")
    if loaded[OutboundSettings].allow_loopback_fetch:
        yield ConfigurationProblem(
            "IDP_ALLOW_LOOPBACK_FETCH", "is for development only"
        )
    yield from _refused_mail(loaded[MailSettings])
    if loaded[AccountsSettings].bootstrap_admin_password in DEFAULT_PASSWORDS:
        yield ConfigurationProblem(
            "IDP_BOOTSTRAP_ADMIN_PASSWORD", "is a default password"
        )


def _refused_issuer(server: ServerSettings) -> Iterator[ConfigurationProblem]:
    """Yield why browsers elsewhere could not safely use the issuer."""
    if not server.issuer:
        yield _missing("issuer", "the public https URL of this server")
    elif not server.secure:
        yield ConfigurationProblem("IDP_ISSUER", "must be https in production")


def _refused_mail(mail: MailSettings) -> Iterator[ConfigurationProblem]:
    """Yield why mail would not reach people, or would be shown to others."""
    if not mail.mail_url:
        yield _missing("mail_url", "how mail leaves, like smtp://localhost:25")
    elif mail.mail_url.startswith(("console:", "outbox:")):
        yield ConfigurationProblem(
            "IDP_MAIL_URL", "would show or keep live links; use smtp"
        )


def _missing(key: str, hint: str) -> ConfigurationProblem:
    """Return the problem of a setting that production needs."""
    return ConfigurationProblem(env_name(key), f"is needed in production: {hint}")
