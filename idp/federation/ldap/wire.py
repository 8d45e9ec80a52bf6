"""LDAP on the wire, by ldap3: imported where a directory is asked, and only then."""

import ssl
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from ldap3 import (
    ANONYMOUS,
    DEREF_NEVER,
    IP_SYSTEM_DEFAULT,
    NONE,
    SIMPLE,
    SUBTREE,
    SYNC,
    Connection,
    Server,
    Tls,
)
from ldap3.core.exceptions import (
    LDAPException,
    LDAPInvalidFilterError,
    LDAPStartTLSError,
)
from ldap3.utils.conv import escape_filter_chars

from idp.federation.ldap.settings import DirectoryServer
from idp.federation.upstream.errors import UpstreamAway, UpstreamError

SUCCESS, SIZE_LIMIT, NO_OBJECT = 0, 4, 32
WRONG = frozenset({19, 32, 34, 48, 49, 50, 53})  # RFC 4511 appendix A.1, a bind
BUSY = frozenset({3, 51, 52})
# What OpenSSL's X509_verify_cert says of a certificate, as far as it is told apart.
CERTIFICATES = {9: "tls_expired", 10: "tls_expired", 62: "tls_name", 64: "tls_name"}

Attributes = Mapping[str, Sequence[bytes]]


class NamedTls(Tls):
    """TLS with a host by its name, though an address was connected to."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        super().__init__()
        self.context = context
        self.host = host
        self.failed: str | None = None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Put TLS on a connection; name and certificate are checked always."""
        del do_handshake
        try:
            connection.socket = self.context.wrap_socket(
                connection.socket, server_hostname=self.host
            )
        except (OSError, ValueError) as error:
            self.failed = _tls_trouble(error)
            raise


class DirectoryConnection:
    """A connection to one server; leave it with ``close``."""

    def __init__(
        self, server: DirectoryServer, address: str, *, trust: ssl.SSLContext
    ) -> None:
        self._server = server
        self._tls = NamedTls(trust, server.where.host)
        at = Server(
            address,
            port=server.where.port,
            use_ssl=server.secure,
            tls=self._tls,
            get_info=NONE,
            mode=IP_SYSTEM_DEFAULT,
        )
        self._connection = Connection(
            at,
            authentication=ANONYMOUS,
            client_strategy=SYNC,
            auto_referrals=False,
            auto_range=False,
            check_names=False,
            read_only=True,
            receive_timeout=None,
        )

    def open(self, *, timeout_seconds: float) -> None:
        """Connect, with TLS; raises UpstreamAway."""
        self._connection.server.connect_timeout = timeout_seconds
        try:
            self._connection.open(read_server_info=False)
            if not (self._server.secure or self._server.plain):
                self._connection.start_tls(read_server_info=False)
        except LDAPStartTLSError as error:
            self._tls.failed = self._tls.failed or "tls_not_offered"
            self._gone(error)
        except (LDAPException, OSError, ValueError) as error:
            self._gone(error)
        if not (self._server.plain or isinstance(self._socket, ssl.SSLSocket)):
            raise UpstreamAway("tls_not_offered")

    def bind(self, dn: str, password: str) -> bool:
        """Tell whether this is the password; raises UpstreamError for no answer.

        Without a name or a password a server would say yes to anybody (RFC 4513
        §5.1.1, §5.1.2).
        """
        if not (dn and password):
            return False
        self._connection.user, self._connection.password = dn, password
        self._connection.authentication = SIMPLE
        return self._bind()

    def bind_anonymously(self) -> bool:
        """Be nobody; tell whether nobody may."""
        self._connection.user = self._connection.password = None
        self._connection.authentication = ANONYMOUS
        return self._bind()

    def _bind(self) -> bool:
        """Tell whether a server takes who this is now."""
        self._ask(self._connection.bind, read_server_info=False)
        code = self._code()
        if code == SUCCESS:
            return True
        if code in WRONG:
            return False
        raise UpstreamAway("status") if code in BUSY else UpstreamError("bind")

    def search(
        self, base: str, query: str, *, attributes: Iterable[str], most: int
    ) -> list[tuple[str, Attributes]]:
        """Return entries with their names, some at least; referrals lead nowhere.

        Raises UpstreamError for a base that is not there or a search that is refused.
        """
        return self._entries(base, query, attributes=attributes, most=most)

    def search_all(
        self, base: str, query: str, *, attributes: Iterable[str]
    ) -> list[tuple[str, Attributes]]:
        """Return all entries, as ``search`` does.

        Raises UpstreamAway where a server gives a part of them alone.
        """
        found = self._entries(base, query, attributes=attributes, most=0)
        if self._code() == SIZE_LIMIT:
            raise UpstreamAway("status")
        return found

    def _entries(
        self, base: str, query: str, *, attributes: Iterable[str], most: int
    ) -> list[tuple[str, Attributes]]:
        """Search, and return the entries; 0 is all of them."""
        self._ask(
            self._connection.search,
            search_base=base,
            search_filter=query,
            search_scope=SUBTREE,
            dereference_aliases=DEREF_NEVER,
            attributes=list(attributes),
            size_limit=most,
            auto_escape=False,
        )
        code = self._code()
        if code in BUSY:
            raise UpstreamAway("status")
        if code not in (SUCCESS, SIZE_LIMIT):
            raise UpstreamError("base" if code == NO_OBJECT else "search")
        return [
            (each["dn"], each["raw_attributes"])
            for each in self._connection.response or ()
            if each["type"] == "searchResEntry"
        ]

    def close(self) -> None:
        """Leave; whatever still waits here ends."""
        with suppress(LDAPException, OSError, AttributeError):
            self._socket.close()

    @property
    def _socket(self) -> Any:
        return self._connection.socket

    def _ask(self, operation: Any, **arguments: Any) -> None:
        """Run an operation; raises UpstreamAway where no answer comes.

        What was said of the operation before it counts for nothing.
        """
        self._connection.result = None
        try:
            operation(**arguments)
        except LDAPInvalidFilterError as error:
            raise UpstreamError("filter") from error
        except (LDAPException, OSError, ValueError, AttributeError) as error:
            self._gone(error)

    def _code(self) -> int:
        """Return what a server said of the last operation."""
        result = self._connection.result or {}
        return int(result.get("result", -1))

    def _gone(self, error: Exception) -> NoReturn:
        """Raise UpstreamAway with a word for why."""
        raise UpstreamAway(self._tls.failed or "connection") from error


def escaped(text: str) -> str:
    """Return a text as it stands in a filter for itself (RFC 4515 §3)."""
    return str(escape_filter_chars(text))


def _tls_trouble(error: Exception) -> str:
    """Return a word for why TLS did not come about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return CERTIFICATES.get(error.verify_code, "tls_authority")
    return "tls_absent"
