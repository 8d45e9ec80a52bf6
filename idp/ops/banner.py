"""What a person reads when the server has started."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from idp.core.hashing import HashingSettings
from idp.core.settings.declared import Loaded
from idp.core.settings.server import ServerSettings
from idp.mail.settings import MailSettings
from idp.ops.first_start import FirstAdmin
from idp.ops.metrics.settings import MetricsSettings
from idp.ops.processes.speed import argon2_build, hash_milliseconds, python_build

COLUMN = 34


@dataclass(kw_only=True)
class Started:
    """What a start has made, and what it runs beside the server."""

    created: list[str] = field(default_factory=list)
    admin: FirstAdmin | None = None
    demo_url: str | None = None
    notes: list[str] = field(default_factory=list)


def banner(settings: Loaded, started: Started) -> str:
    """Return the lines: only what exists, the one-time password only when just made."""
    server = settings[ServerSettings]
    lines = list(_created_lines(server, started))
    lines += _admin_lines(server, started.admin)
    if started.demo_url:
        what = "demo app (code + PKCE) and SPA example"
        lines.append(_line("Try it", started.demo_url, remark=what))
    if settings[MailSettings].mail_url.startswith("outbox:"):
        url = f"{server.issuer}/admin/outbox"
        lines.append(_line("Mail", url, remark="nothing leaves this machine"))
    lines.append(_line("Issuer", f"{server.issuer}/.well-known/openid-configuration"))
    lines.append(_line("API", f"{server.issuer}/docs/api"))
    lines += _metrics_lines(settings[MetricsSettings], server)
    lines += _speed_lines(settings[HashingSettings])
    lines += [f"  {note}" for note in started.notes]
    if server.development:
        lines.append("  Dev mode: not for production.")
    return "\n".join(lines)


def _created_lines(server: ServerSettings, started: Started) -> Iterator[str]:
    """Yield what was made, and where: a folder for SQLite, else just the names."""
    if started.created:
        folder = f"{_shown_path(server.data_dir)}: " if server.sqlite else ""
        yield _line("Created", f"{folder}{', '.join(started.created)}")


def _admin_lines(server: ServerSettings, admin: FirstAdmin | None) -> Iterator[str]:
    """Yield where to sign in, and as whom if the admin was just made."""
    who = f"admin: {admin.username} ({admin.email})" if admin else ""
    yield _line("Sign in", server.issuer, remark=who)
    if admin and admin.password:
        once = "(change at first sign-in; shown once)"
        yield _line("", f"one-time password: {admin.password} {once}")


def _metrics_lines(metrics: MetricsSettings, server: ServerSettings) -> Iterator[str]:
    """Yield where numbers for Prometheus are."""
    needs = "needs IDP_METRICS_TOKEN" if metrics.metrics_token else ""
    if metrics.metrics_listen:
        yield _line("Metrics", f"http://{metrics.metrics_listen}/metrics", remark=needs)
    elif metrics.on:
        yield _line("Metrics", f"{server.issuer}/metrics", remark=needs)


def _speed_lines(hashing: HashingSettings) -> Iterator[str]:
    """Yield what a password hash costs, and that Python could be faster if it could."""
    cost = f"{hash_milliseconds(hashing):.0f} ms of a processor each"
    yield _line("Hashes", cost, remark=f"Argon2 {argon2_build()}")
    slow_python = python_build()
    if slow_python:
        lacking = "built without profiles: requests cost 10 to 34 % more"
        yield _line("Python", slow_python, remark=lacking)


def _line(label: str, value: str, *, remark: str = "") -> str:
    """Return one line in three columns."""
    return f"  {label:8} {value:{COLUMN}} {remark}".rstrip()


def _shown_path(path: Path) -> str:
    """Return a path as short as it can be written from here."""
    absolute = path.absolute()
    if absolute.is_relative_to(Path.cwd()):
        return f"./{absolute.relative_to(Path.cwd())}"
    return str(absolute)
