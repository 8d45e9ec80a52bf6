"""Why a command or a start goes no further."""


class Refusal(Exception):
    """A reason for the operator, with what to do about it; never shown as a trace."""
