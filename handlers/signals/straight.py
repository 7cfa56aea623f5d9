"""The usual body, read straight: each key says one field, and nothing in it needs a second look.

What the keys come to is decided once, since a strategy's alerts repeat them. Whatever is not so
simple is left to `keys` and `build`, and so is whatever would be refused or warned of: this way
says yes, or nothing. A property test holds it to what the whole way says.
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
from handlers.signals.signal import EXITS, Action, Signal
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
        "reduce_only", "accounts", "mode", "delay", "max_age",
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


class Layout(msgspec.Struct, frozen=True):
    """What the keys of a body come to.

    Attributes:
        fields: Each field but ticker and time: its name, the key that says it, its parser.
    """

    dialect: str
    ticker: str
    time: str | None
    fields: tuple[tuple[str, str, Parser[Any]], ...]


def read_straight(body: Mapping[str, object]) -> tuple[str, Signal] | None:
    """Return the dialect and the signal; `None` where the body needs the whole way.

    Args:
        body: One command, without a secret, an escape or a placeholder anywhere in its text.
    """
    layout = layout_of(tuple(body))
    if layout is None:
        return None
    try:
        values = _values(layout, body)
    except SignalError:
        return None
    if values is None:
        return None
    dialect = dialect_of(body) if values["action"] in _MAY_BE_OWN else layout.dialect
    return dialect, Signal(**values)


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
    fields = tuple([(name, said[name], PARSERS[name]) for name in PARSERS if name in names])
    return Layout(dialect, said["ticker"], said.get("time"), fields)


def _values(layout: Layout, body: Mapping[str, object]) -> dict[str, Any] | None:
    """Return the fields of the signal; `None` where one of them needs a word more."""
    values: dict[str, Any] = {}
    for name, key, parse in layout.fields:
        value = parse(Said(key, body[key]))
        if value is not None:
            values[name] = value
    exchange, _, values["ticker"] = checked_ticker(
        Said(layout.ticker, body[layout.ticker])
    ).rpartition(":")
    if exchange:
        values["exchange"] = exchange
    if layout.time is not None:
        instant = as_time(body[layout.time])
        if instant is None or not instant.has_zone:
            return None
        values["time"] = instant.at
    if values["action"] in EXITS:
        values["reduce_only"] = True
    return None if _is_odd(values, exchange) else values


def _is_odd(values: dict[str, Any], exchange: str) -> bool:
    """Say whether the values would be refused or warned of, or need one another."""
    return (
        (values["action"], values.get("position")) in OPPOSITE
        or not values.get("quantity", True)
        or values.get("order_type", OrderType.MARKET) is not OrderType.MARKET
        or ("time" in values and is_on_bar(values["time"], values.get("interval")))
        or exchange.endswith(DELAYED)
    )
