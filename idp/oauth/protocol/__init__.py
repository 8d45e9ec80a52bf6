"""The words of the protocol, one a module: pure functions of values."""
