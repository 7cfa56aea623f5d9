"""Every route of the API and every place of an id in it, as its own description says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.unit.edge.house import House

METHODS = ("get", "put", "post", "patch", "delete")


class Place(NamedTuple):
    """Where an id stands in a request: `path`, `query` or `body`, and under which name."""

    where: str
    name: str


class Route(NamedTuple):
    """One operation that the description names."""

    method: str
    path: str


async def described(house: House) -> dict[str, Any]:
    """Return the served description."""
    return (await house.client.get("/schema/openapi.json")).json()


def routes_of(document: Mapping[str, Any]) -> Iterator[tuple[Route, dict[str, Any]]]:
    """Yield the operations below `/api/`."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if path.startswith("/api/") and method in item:
                yield Route(method.upper(), path), item[method]


def id_places(document: Mapping[str, Any], operation: Mapping[str, Any]) -> frozenset[Place]:
    """Return where an operation takes the id of something."""
    found = {
        Place(parameter["in"], parameter["name"])
        for parameter in operation.get("parameters", ())
        if _takes_id(document, parameter["schema"])
    }
    for name, schema in properties_of(document, operation).items():
        if _takes_id(document, schema):
            found.add(Place("body", name))
    return frozenset(found)


def properties_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an operation's JSON body."""
    content = operation.get("requestBody", {}).get("content", {})
    return _properties(document, content.get("application/json", {}).get("schema", {}))


def _properties(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    whole = _resolved(document, schema)
    found: dict[str, Any] = dict(whole.get("properties", {}))
    for choice in ("anyOf", "oneOf", "allOf"):
        for each in whole.get(choice, ()):
            found |= _properties(document, each)
    return found


def _takes_id(document: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    whole = _resolved(document, schema)
    if whole.get("format") == "uuid":
        return True
    inner = [*whole.get("anyOf", ()), *whole.get("oneOf", ())]
    if "items" in whole:
        inner.append(whole["items"])
    return any(_takes_id(document, each) for each in inner)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name: str = schema.get("$ref", "")
    return document["components"]["schemas"][name.rpartition("/")[2]] if name else schema
