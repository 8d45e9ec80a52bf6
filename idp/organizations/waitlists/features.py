"""What a feature may be called (pure)."""

import re

FEATURE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def is_feature(name: str) -> bool:
    """Tell whether this can be the name of a feature."""
    return FEATURE.fullmatch(name) is not None
