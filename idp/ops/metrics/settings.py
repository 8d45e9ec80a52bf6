"""Whether metrics are told, and to whom."""

from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address

from idp.core.settings.declared import setting
from idp.core.settings.server import address_of, check_listen

MIN_TOKEN_CHARACTERS = 32


def _check_listen(value: str) -> str | None:
    """Return why nobody can be told at an address, or None."""
    return check_listen(value) or _missing_extra()


def _check_token(value: str) -> str | None:
    """Return why a token cannot be asked for, or None."""
    if len(value) < MIN_TOKEN_CHARACTERS:
        return f"has {len(value)} characters, not {MIN_TOKEN_CHARACTERS} or more"
    if not value.isascii() or not value.isprintable() or " " in value:
        return "must be ASCII letters, digits and signs, without blanks"
    return _missing_extra()


def _missing_extra() -> str | None:
    """Return what to install where it is missing, or None.

    It is not imported here: it looks for its folder when it is (``folder``).
    """
    if find_spec("prometheus_client"):
        return None
    return "needs the extra metrics: pip install 'idp-server[metrics]'"


@dataclass(frozen=True)
class MetricsSettings:
    """Metrics for Prometheus."""

    metrics_listen: str | None = setting(
        None,
        check=_check_listen,
        doc="HOST:PORT of a listener that tells `/metrics`; without "
        "`IDP_METRICS_TOKEN` an address of this machine or of a private network.",
    )
    metrics_token: str | None = setting(
        None,
        secret=True,
        check=_check_token,
        doc="Bearer token of 32 or more characters with which `/metrics` answers; "
        "the listener asks for it too. Without both settings there are no metrics.",
    )

    @property
    def on(self) -> bool:
        """Tell whether anything is counted."""
        return self.metrics_listen is not None or self.metrics_token is not None

    @property
    def address(self) -> tuple[str, int] | None:
        """Where the listener is, if there is one."""
        return address_of(self.metrics_listen) if self.metrics_listen else None

    @property
    def tells_strangers(self) -> bool:
        """Tell whether the listener could be reached by anybody, without a token."""
        if self.address is None or self.metrics_token is not None:
            return False
        host = ip_address(self.address[0])
        host = getattr(host, "ipv4_mapped", None) or host
        return host.is_unspecified or not host.is_private
