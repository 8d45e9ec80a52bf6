"""Scopes about users declared in a file (``--seed``): made so at every start."""

from collections.abc import Mapping
from typing import Any

from idp.accounts.profile.attributes.declared import (
    TEXT,
    TEXTS,
    WORDS,
    by_language,
    wrong_shapes,
)
from idp.oauth.custom_scopes.registry import (
    InvalidScope,
    ScopeDeclaration,
    UnknownScope,
    change_scope,
    create_scope,
)

SHAPES = {"name": TEXT, "description": WORDS, "claims": TEXTS}


def apply_scope(declared: Mapping[str, Any]) -> list[str]:
    """Make one declared scope so, by its name; again it changes nothing.

    Raises InvalidScope.
    """
    code = InvalidScope.code
    errors = list(wrong_shapes(declared, SHAPES, name="name", code=code))
    if errors:
        raise InvalidScope(errors)
    wanted = ScopeDeclaration(
        declared["name"],
        by_language(declared.get("description", {})),
        tuple(declared.get("claims", ())),
    )
    try:
        change_scope(wanted)
    except UnknownScope:
        create_scope(wanted)
    return []
