"""What can go wrong with an upstream provider: a word for the log, never its words."""


class UpstreamError(Exception):
    """An answer of an upstream provider that signs nobody in.

    ``reason`` is a stable word for the audit log and the operator; what the provider
    has written itself is shown to nobody.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UpstreamAway(UpstreamError):
    """A provider that gives no answer now; later it may."""
