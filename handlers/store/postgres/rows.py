"""Between the house's records and what travels to and from PostgreSQL: JSON text both ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from bus.values import OrderId
from handlers.records.orders import Order

if TYPE_CHECKING:
    import asyncpg

    from handlers.records.audit import Deed

_ENCODER = msgspec.json.Encoder()
_ORDER = msgspec.json.Decoder(Order)
# An escaped NUL, with an even number of backslashes before it: PostgreSQL stores no NUL.
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_LIKE_NUL = b"\\u0000"


def as_json(record: object) -> str:
    """Encode a record as a jsonb parameter; a NUL in a text becomes the replacement character."""
    return storable(_ENCODER.encode(record)).decode()


def deed_json(deed: Deed | None) -> str | None:
    """Encode who does something as a jsonb parameter; null where it is not told."""
    return None if deed is None else as_json(deed)


def storable(encoded: bytes) -> bytes:
    """Replace what PostgreSQL cannot store in JSON."""
    # From behind, since Python then goes by the backslash: of these there are few, of zeros many.
    return encoded if encoded.rfind(_LIKE_NUL) < 0 else _NUL.sub(rb"\1\\ufffd", encoded)


def order_of(encoded: str) -> Order:
    """Decode an order as `to_jsonb` gives it."""
    return _ORDER.decode(encoded)


def orders_of(rows: list[asyncpg.Record]) -> list[Order]:
    """Decode a column of orders."""
    return [_ORDER.decode(row[0]) for row in rows]


def order_ids_of(texts: list[str]) -> tuple[OrderId, ...]:
    """Read ids out of a text array."""
    return tuple(OrderId(UUID(text)) for text in texts)


def plain_uuid(value: Any) -> UUID:  # noqa: ANN401 - the driver's own UUID class
    """Return the standard library's UUID for the driver's."""
    return UUID(int=value.int)
