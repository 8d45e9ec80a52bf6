"""Which tables a revision locks, read from its source: nothing is run for a plan.

Names are followed through constants and loops of the file, which is as far as revisions
go. Tables that a revision makes are nobody else's yet.
"""

import ast

BY_FIRST = frozenset(
    {"add_column", "alter_column", "batch_alter_table", "drop_column", "drop_table"}
)
BY_SECOND = frozenset(
    {
        "create_check_constraint",
        "create_foreign_key",
        "create_index",
        "create_unique_constraint",
        "drop_constraint",
        "drop_index",
    }
)
PARENT_OF = {"ForeignKey": 0, "ForeignKeyConstraint": 1}  # locked with its own
MAKES = "create_table"


def locked_tables(tree: ast.Module) -> set[str]:
    """Return the tables that a revision alters, indexes, drops or refers to."""
    source = _Source(tree)
    made: set[str] = set()
    locked: set[str] = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = _name_of(call.func)
        if name == MAKES:
            made |= source.argument(call, 0)
        elif name in BY_FIRST:
            locked |= source.argument(call, 0)
        elif name in BY_SECOND:
            locked |= source.argument(call, 1)
        elif name in PARENT_OF:
            parents = source.argument(call, PARENT_OF[name])
            locked |= {column.partition(".")[0] for column in parents}
    return locked - made


class _Source:
    """A revision's file, and the texts that each of its names may stand for."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[target], value=value):
                    self._assign(target, value)
                case ast.For(target=ast.Name(id=name), iter=values):
                    self._bind(name, values)
                case ast.For(
                    target=ast.Tuple(elts=[ast.Name(id=name), *_]), iter=values
                ):
                    self._bind(name, values)

    def argument(self, call: ast.Call, place: int) -> set[str]:
        """Return what an argument may be, by its place or as ``table_name``."""
        for named in call.keywords:
            if named.arg == "table_name":
                return self._texts(named.value)
        return self._texts(call.args[place]) if place < len(call.args) else set()

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Tuple(elts=names), ast.Tuple(elts=values):
                for name, each in zip(names, values, strict=False):
                    self._assign(name, each)
            case ast.Name(id=name), _:
                self._bind(name, value)

    def _bind(self, name: str, value: ast.expr) -> None:
        self._bound.setdefault(name, set()).update(self._texts(value))

    def _texts(self, node: ast.expr) -> set[str]:
        """Return the texts that an expression may be, or goes through in a loop."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.Name(id=name):
                return self._bound.get(name, set())
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return {text for part in parts for text in self._texts(part)}
            case ast.Dict(keys=keys):
                return {text for key in keys if key for text in self._texts(key)}
            case ast.Call(func=ast.Attribute(value=whole, attr="items")):
                return self._texts(whole)
        return set()


def _name_of(function: ast.expr) -> str:
    """Return what is called: a function of Alembic or of ours, no method of others."""
    match function:
        case ast.Attribute(value=ast.Name(id="op" | "sa"), attr=name):
            return name
        case ast.Name(id=name):
            return name
    return ""
