"""The usual body, read straight: each key says one field, and nothing in it needs a second look.

A strategy's alerts repeat themselves: what their keys come to is decided once, and so is what all
their values come to that decide what is traded, their shape. Whatever is not so simple is left to
`keys` and `build`, and so is whatever would be refused or warned of: this way says yes, or nothing.
A property test holds it to what the whole way says.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from bus.values import OrderType
from handlers.signals.dialects.objects import dialect_of
from handlers.signals.errors import SignalError
from handlers.signals.fields import Parser
from handlers.signals.names import FIELD_OF, fold_key
from handlers.signals.reading import Said
from handlers.signals.secrets import may_hold_secrets
from handlers.signals.signal import EXITS, FREE, FREE_TEXTS, Action, Shape, Signal
from handlers.signals.sizes import OPPOSITE
from handlers.signals.tickers import DELAYED, checked_ticker
from handlers.signals.times import as_time, is_on_bar
from handlers.signals.values import PARSERS

if TYPE_CHECKING:
    from collections.abc import Mapping

# The fields of which no other is asked; `ticker` and `time` are read by rules of their own.
_FIELDS = frozenset(
    {
        "ticker", "time", "action", "quantity", "quantity_type", "position", "prev_position",
        "order_type", "price", "time_in_force", "id", "order_id", "comment", "interval",
        "reduce_only", "mode", "delay", "max_age",
    }
)  # fmt: skip
_NEEDED = frozenset({"ticker", "action"})
# What these say depends on what stands beside them.
_ODD_KEYS = frozenset({"volume", "alerttimestamp"})
_DIALECTS = frozenset({"plain", "traderspost"})
# Words of the house's own dialect may mean these.
_MAY_BE_OWN = frozenset(
    {Action.LONG_ENTRY, Action.LONG_EXIT, Action.SHORT_ENTRY, Action.SHORT_EXIT}
)


class Layout(msgspec.Struct, frozen=True, eq=False):
    """What the keys of a body come to; the parsers are those of all bodies.

    Attributes:
        shaping: Each key that decides what is traded.
        free: Each other key, with its field and parser.
        time: The key that says it.
    """

    dialect: str
    shaping: tuple[str, ...]
    free: tuple[tuple[str, str, Parser[Any]], ...]
    time: str | None


def read_straight(body: Mapping[str, object]) -> tuple[Shape, Signal] | None:
    """Return the shape and the whole signal; `None` where the body needs the whole way.

    Args:
        body: One command, without an escape or a placeholder anywhere in its text.
    """
    layout = layout_of(tuple(body))
    if layout is None:
        return None
    try:
        shape = _shape_of(layout, tuple([body[key] for key in layout.shaping]))
        free = None if shape is None else _free_values(layout, body, shape.signal.interval)
    except (SignalError, TypeError):
        # A value that is refused, or is no text.
        return None
    if shape is None or free is None:
        return None
    return shape, msgspec.structs.replace(shape.signal, **free)


@lru_cache(maxsize=1024)
def layout_of(keys: tuple[str, ...]) -> Layout | None:
    """Return what these keys come to; `None` where they need the whole way."""
    folded = [fold_key(key) for key in keys]
    said = dict(zip(map(FIELD_OF.get, folded), keys, strict=True))
    names = said.keys()
    if len(said) < len(keys) or not _NEEDED <= names <= _FIELDS or not _ODD_KEYS.isdisjoint(folded):
        return None
    try:
        dialect = dialect_of(dict.fromkeys(keys))
    except SignalError:
        return None
    if dialect not in _DIALECTS:
        return None
    shaping = tuple([key for name, key in said.items() if name not in FREE])
    free = tuple(
        [(name, said[name], PARSERS[name]) for name in FREE if name in said and name in PARSERS]
    )
    return Layout(dialect, shaping, free, said.get("time"))


@lru_cache(maxsize=4096)
def _shape_of(layout: Layout, said: tuple[object, ...]) -> Shape | None:
    """Return the shape of these values; `None` where one of them needs a word more."""
    if any(isinstance(value, str) and may_hold_secrets(value) for value in said):
        return None
    values: dict[str, Any] = {}
    for key, value in zip(layout.shaping, said, strict=True):
        name = FIELD_OF[fold_key(key)]
        if name == "ticker":
            exchange, _, ticker = checked_ticker(Said(key, value)).rpartition(":")
            values |= {"ticker": ticker, "exchange": exchange or None}
        else:
            values[name] = PARSERS[name](Said(key, value))
    values = {name: value for name, value in values.items() if value is not None}
    if values["action"] in EXITS:
        values["reduce_only"] = True
    if _is_odd(values):
        return None
    is_own = values["action"] in _MAY_BE_OWN and _is_own(layout, said)
    return Shape("fourpass" if is_own else layout.dialect, Signal(**values))


def _is_own(layout: Layout, said: tuple[object, ...]) -> bool:
    return dialect_of(dict(zip(layout.shaping, said, strict=True))) == "fourpass"


def _free_values(
    layout: Layout, body: Mapping[str, object], interval: str | None
) -> dict[str, Any] | None:
    free: dict[str, Any] = {}
    for name, key, parse in layout.free:
        said = body[key]
        if name in FREE_TEXTS and isinstance(said, str) and may_hold_secrets(said):
            return None
        free[name] = parse(Said(key, said))
    if layout.time is not None:
        instant = as_time(body[layout.time])
        if instant is None or not instant.has_zone or is_on_bar(instant.at, interval):
            return None
        free["time"] = instant.at
    return free


def _is_odd(values: dict[str, Any]) -> bool:
    """Say whether the values would be refused or warned of, or need one another."""
    return (
        (values["action"], values.get("position")) in OPPOSITE
        or not values.get("quantity", True)
        or values.get("order_type", OrderType.MARKET) is not OrderType.MARKET
        or values.get("exchange", "").endswith(DELAYED)
    )
