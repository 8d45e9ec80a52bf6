"""The OpenAPI document as a person reads it (pure: the document in, rows out)."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from idp.web.json.docs_samples import Json, body_shapes, curl_of
from idp.web.json.openapi_refusals import PROBLEM_JSON

MANY_FIELDS = 4  # of a body: so many are not said again
LAST = "Administration"
SHARED = 0.7  # of the fields of a body
COMMON_IN = 0.6  # of all operations: what these answer is said once


@dataclass(frozen=True)
class Field:
    """A value in the path, the query or the body."""

    name: str
    kind: str
    place: str
    required: bool
    description: str


@dataclass(frozen=True)
class Outcome:
    """A status, what it means, and the codes that a program can match on."""

    status: str
    description: str
    kind: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """One operation; ``access`` says who may call it.

    Where ``like`` is set, its body has the fields of that operation, which stands
    above, ``without`` some; only what else it takes is in ``fields``.
    """

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    access: str
    fields: tuple[Field, ...]
    outcomes: tuple[Outcome, ...]
    curl: str
    like: "Shown | None" = None
    without: tuple[str, ...] = ()
    all_optional: bool = False

    @property
    def body(self) -> tuple[Field, ...]:
        """What its body may have."""
        return tuple(f for f in self.fields if f.place == "body")


@dataclass(frozen=True)
class DocsPage:
    """The operations under one heading; ``part`` is what several pages are parts of."""

    name: str
    slug: str
    operations: tuple[Shown, ...]

    @property
    def part(self) -> str:
        """Return the heading of the menu that it stands under, which may be its own."""
        return self.name.partition(": ")[0]

    @property
    def label(self) -> str:
        """Return what it is called there."""
        label = self.name.rpartition(": ")[2]
        return label[:1].upper() + label[1:]


@dataclass(frozen=True)
class Docs:
    """All pages, and the answers that nearly every operation may have."""

    pages: tuple[DocsPage, ...]
    common: tuple[Outcome, ...]

    def find(self, slug: str) -> DocsPage | None:
        """Return the page of that name."""
        return next((page for page in self.pages if page.slug == slug), None)


def docs_of(document: Json) -> Docs:
    """Return all operations by heading."""
    operations = [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    common = _common_outcomes([operation for _, _, operation in operations])
    by_tag: dict[str, list[Shown]] = {tag["name"]: [] for tag in document["tags"]}
    for path, method, operation in operations:
        shown = _show(document, path, method=method, of=operation, common=common)
        by_tag[operation["tags"][0]].append(shown)
    pages = [
        DocsPage(name, _slug(name), tuple(_said_once(shown)))
        for name, shown in by_tag.items()
    ]
    ordered = sorted(pages, key=lambda page: _place_of(page, pages))
    told = sorted(common.values(), key=lambda outcome: outcome.status)
    return Docs(tuple(ordered), tuple(told))


def _place_of(page: DocsPage, pages: list[DocsPage]) -> tuple[bool, bool, str]:
    """Return where a page stands: those alone first, the administration last."""
    in_parts = sum(other.part == page.part for other in pages) > 1
    return page.part == LAST, in_parts, page.part if in_parts else ""


def _slug(name: str) -> str:
    """Return a heading as the last segment of an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _common_outcomes(operations: list[Json]) -> dict[tuple[str, str], Outcome]:
    """Return what most operations may answer, by status and code."""
    every = [
        ((outcome.status, code), outcome)
        for operation in operations
        for outcome in _outcomes(operation)
        for code in outcome.codes
    ]
    counted = Counter(key for key, _ in every)
    titles = {k[1]: told.description for k, told in every if len(told.codes) == 1}
    least = COMMON_IN * len(operations)
    return {
        key: Outcome(key[0], titles.get(key[1], ""), "", (key[1],))
        for key, _ in every
        if counted[key] >= least
    }


def _said_once(operations: list[Shown]) -> Iterator[Shown]:
    """Yield operations, long bodies at the first that has most of their fields."""
    seen: list[Shown] = []
    for one in operations:
        first = next((other for other in seen if _has_most_of(one, other)), None)
        if first is None:
            seen.append(one)
        yield one if first is None else _like(one, first)


def _has_most_of(one: Shown, first: Shown) -> bool:
    """Tell whether another body has most of the fields of a long one."""
    shared = _members(one) & _members(first)
    return len(shared) >= max(MANY_FIELDS, SHARED * len(one.body))


def _like(one: Shown, first: Shown) -> Shown:
    """Return an operation that is told by the difference to another."""
    there, names = _members(first), {field.name for field in one.body}
    return replace(
        one,
        like=first,
        fields=tuple(
            f for f in one.fields if f.place != "body" or _member(f) not in there
        ),
        without=tuple(f.name for f in first.body if f.name not in names),
        all_optional=not any(f.required for f in one.body),
    )


def _members(one: Shown) -> set[tuple[str, str, str]]:
    """Return the fields of a body, whether they are required or not."""
    return set(map(_member, one.body))


def _member(field: Field) -> tuple[str, str, str]:
    """Return a field as it may be in several bodies."""
    return (field.name, field.kind, field.description)


def _show(
    document: Json,
    path: str,
    *,
    method: str,
    of: Json,
    common: Mapping[tuple[str, str], Outcome],
) -> Shown:
    """Return one operation as it is shown."""
    return Shown(
        anchor=of["operationId"],
        method=method.upper(),
        path=path,
        summary=of["summary"],
        description=of.get("description", ""),
        access=_access_of(of),
        fields=(*_parameters(of), *_body_fields(document, of)),
        outcomes=tuple(_own_outcomes(of, common=common)),
        curl=curl_of(document, path, method=method.upper(), operation=of),
    )


def _access_of(operation: Json) -> str:
    """Return who may call."""
    if not operation["security"]:
        return "anyone"
    return "optional" if {} in operation["security"] else "signed_in"


def _parameters(operation: Json) -> Iterator[Field]:
    """Yield the values in path and query."""
    for parameter in operation.get("parameters", []):
        yield Field(
            name=parameter["name"],
            kind=_kind_of(parameter["schema"]),
            place=parameter["in"],
            required=parameter["required"],
            description=parameter.get("description", ""),
        )


def _body_fields(document: Json, operation: Json) -> Iterator[Field]:
    """Yield the fields of the body; those of every shape, when there are several."""
    for schema in body_shapes(document, operation):
        for name, member in schema.get("properties", {}).items():
            yield Field(
                name=name,
                kind=_kind_of(member),
                place="body",
                required=name in schema.get("required", []),
                description=member.get("description", ""),
            )


def _outcomes(operation: Json) -> Iterator[Outcome]:
    """Yield every status with its codes."""
    for status, response in operation["responses"].items():
        content: Json = response.get("content", {})
        schema: Json = next((media["schema"] for media in content.values()), {})
        problem = PROBLEM_JSON in content
        yield Outcome(
            status=status,
            description=response["description"],
            kind="" if problem else _kind_of(schema),
            codes=tuple(_codes_in(schema)),
        )


def _own_outcomes(
    operation: Json, *, common: Mapping[tuple[str, str], Outcome]
) -> Iterator[Outcome]:
    """Yield the same without what nearly every operation answers."""
    for outcome in _outcomes(operation):
        own, words = [], outcome.description
        for code in outcome.codes:
            known = common.get((outcome.status, code))
            if known is None:
                own.append(code)
            elif known.description:
                words = words.replace(known.description, "")
        if own or not outcome.codes:
            yield replace(
                outcome, codes=tuple(own), description=" ".join(words.split())
            )


def _codes_in(schema: Json) -> Iterator[str]:
    """Yield the codes that a problem or a "200 + error" answer may have."""
    for arm in schema.get("anyOf", [schema]):
        members = arm.get("properties", {})
        members = members.get("error", {}).get("properties", members)
        yield from members.get("code", {}).get("enum", [])


def _kind_of(schema: Json) -> str:
    """Return a schema's type in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    arms = schema.get("anyOf") or schema.get("oneOf")
    if arms:
        return " | ".join(dict.fromkeys(map(_kind_of, arms)))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(json.dumps(value) for value in values)
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"{_kind_of(schema.get('items', {}))}[]"
    return f"{kind} ({schema['format']})" if "format" in schema else kind
