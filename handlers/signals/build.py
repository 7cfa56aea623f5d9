"""One `Signal` from one reading: typos, what is missing, values, and then what contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bus.values import OrderType
from handlers.phrases import any_of, phrase
from handlers.signals.brackets import check_parts
from handlers.signals.errors import Code, SignalError
from handlers.signals.fields import not_positive
from handlers.signals.numbers import is_tradable
from handlers.signals.signal import Signal
from handlers.signals.sizes import check_contradictions, check_sides
from handlers.signals.values import read_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.phrases import Phrase
    from handlers.signals.reading import Reading

_MOVES = ("action", "position", "position_size")
# Of each group one is needed.
_NEEDED: Mapping[OrderType, tuple[tuple[str, ...], ...]] = {
    OrderType.MARKET: (),
    OrderType.LIMIT: (("limit_price",),),
    OrderType.STOP: (("stop_price",),),
    OrderType.STOP_LIMIT: (("stop_price",), ("limit_price",)),
    OrderType.TRAILING_STOP: (("trail_amount", "trail_percent"),),
}
_USED = {kind: {name for group in groups for name in group} for kind, groups in _NEEDED.items()}
_PRICES = ("limit_price", "stop_price", "trail_amount", "trail_percent")


def build_signal(reading: Reading) -> Signal:
    """Turn what was read into a signal.

    Raises:
        SignalError: A typo in a bracket, `missing_field`, values by their own codes, conflicts.
    """
    check_parts(reading)
    _check_missing(reading)
    values = read_values(reading)
    _check_prices(reading, values)
    for conflict in reading.conflicts:
        raise conflict
    check_contradictions(reading, values)
    if reading.unplaceable:
        values["unplaceable"] = tuple(reading.unplaceable)
    return Signal(**values)


def _check_missing(reading: Reading) -> None:
    if reading.first("ticker") is None:
        raise _missing("ticker", phrase("send_ticker"))
    if not any(map(reading.first, _MOVES)):
        raise _missing("action", phrase("send_action"))
    check_sides(reading)


def _check_prices(reading: Reading, values: dict[str, Any]) -> None:
    """Ask for the prices that the order type needs; one that it would drop is not dropped."""
    kind: OrderType = values.get("order_type", OrderType.MARKET)
    if kind is OrderType.LIMIT and "limit_price" not in values and "price" in values:
        if not is_tradable(values["price"]):
            key = reading.fields["price"][0].key
            raise not_positive(Code.INVALID_PRICE, phrase("a_limit_price"), key)
        values["limit_price"] = values["price"]
    for names in _NEEDED[kind]:
        if not any(name in values for name in names):
            raise SignalError(
                Code.PRICE_REQUIRED,
                phrase("price_required", kind=str(kind), names=any_of(names)),
                field=names[0],
                hint=phrase("price_for_reference"),
            )
    for name in _PRICES:
        if name in values and name not in _USED[kind]:
            reading.cannot_place(reading.fields[name][0].key)


def _missing(field: str, hint: Phrase) -> SignalError:
    message = phrase("missing", field=field)
    return SignalError(Code.MISSING_FIELD, message, field=field, hint=hint)
