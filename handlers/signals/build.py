"""One `Signal` from one reading: fields in the order of the checks, then what contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bus.values import OrderType
from handlers.signals import fields
from handlers.signals.brackets import read_stop_loss, read_take_profit
from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.secrets import mask_object
from handlers.signals.signal import EXITS, Action, Position, QuantityType, Signal
from handlers.signals.times import is_on_bar

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from handlers.signals.reading import Reading, Said

_MAY_BE_ZERO = EXITS | {Action.TARGET, Action.CANCEL, Action.CANCEL_ALL, Action.PING}
_DELAYED = ("_DLY", "_DL")
_REQUIRED = {
    OrderType.MARKET: (),
    OrderType.LIMIT: ("limit_price",),
    OrderType.STOP: ("stop_price",),
    OrderType.STOP_LIMIT: ("stop_price", "limit_price"),
    OrderType.TRAILING_STOP: (),
}


def build_signal(reading: Reading) -> Signal:
    """Turn what was read into a signal.

    Raises:
        SignalError: `missing_field` first, then values by their own codes, then conflicts.
    """
    _check_missing(reading)
    action = fields.one(reading, "action", fields.action) or Action.TARGET
    draft = _draft(reading, action)
    draft |= _sizes(reading, draft)
    _check_quantity(reading, draft)
    _check_prices(draft)
    _check_unused_prices(reading, draft)
    _check_position(draft)
    return Signal(**{name: value for name, value in draft.items() if value is not None})


def _check_missing(reading: Reading) -> None:
    if reading.first("ticker") is None:
        raise _missing("ticker", "Send {{ticker}}.")
    moves = ("action", "position", "position_size")
    if not any(reading.first(name) for name in moves):
        raise _missing("action", "Send what to do: buy, sell, exit and so on.")


def _draft(reading: Reading, action: Action) -> dict[str, Any]:
    symbol, exchange = _symbol(reading)
    draft: dict[str, Any] = {**_NOTHING, "ticker": symbol, "exchange": exchange, "action": action}
    for name, read in _READERS.items():
        if name in reading.fields:
            draft[name] = read(reading)
    draft["order_type"] = draft["order_type"] or OrderType.MARKET
    draft["reduce_only"] = draft["reduce_only"] or action in EXITS
    draft["extras"] = mask_object({**reading.extras, **_own_extras(reading)})
    return draft | _time(reading, draft["interval"])


def _symbol(reading: Reading) -> tuple[str, str | None]:
    full = fields.one(reading, "ticker", fields.ticker) or ""
    said = fields.one(reading, "exchange", fields.exchange)
    prefix, colon, symbol = full.rpartition(":")
    exchange = _live(prefix, reading) if colon and prefix else None
    named = _live(said, reading) if said else None
    if exchange and named and exchange != named:
        key = reading.fields["exchange"][0].key
        raise SignalError(
            Code.CONFLICTING_FIELDS,
            "The ticker's exchange and the exchange beside it differ.",
            field=key,
        )
    return symbol, exchange or named


def _live(exchange: str, reading: Reading) -> str:
    """Strip what marks a delayed feed, and say so."""
    for mark in _DELAYED:
        if exchange.endswith(mark) and len(exchange) > len(mark):
            reading.warnings.append(f"{exchange} is a delayed feed: its prices are late")
            return exchange.removesuffix(mark)
    return exchange


def _first_price(reading: Reading) -> Decimal | None:
    said = reading.first("price")
    return None if said is None or said.value == "" else fields.price(said)


def _reader(name: str, parse: fields.Parser[object]) -> Callable[[Reading], object]:
    return lambda reading: fields.one(reading, name, parse)


# What a field needs no other field for, in the order of the checks.
_READERS: dict[str, Callable[[Reading], object]] = {
    "interval": _reader("interval", fields.text),
    "quantity": _reader("quantity", fields.quantity),
    "quantity_type": _reader("quantity_type", fields.quantity_type),
    "position": _reader("position", fields.position),
    "prev_position": _reader("prev_position", fields.position),
    "order_type": _reader("order_type", fields.order_type),
    "limit_price": _reader("limit_price", fields.price),
    "stop_price": _reader("stop_price", fields.price),
    "trail_amount": _reader("trail_amount", fields.price),
    "trail_percent": _reader("trail_percent", fields.price),
    "price": _first_price,
    "take_profit": _reader("take_profit", read_take_profit),
    "stop_loss": _reader("stop_loss", read_stop_loss),
    "time_in_force": _reader("time_in_force", fields.time_in_force),
    "id": _reader("id", fields.identifier),
    "order_id": _reader("order_id", fields.text),
    "comment": _reader("comment", fields.text),
    "reduce_only": _reader("reduce_only", fields.flag),
    "accounts": _reader("accounts", fields.accounts),
    "mode": _reader("mode", fields.mode),
    "delay": _reader("delay", fields.seconds),
    "max_age": _reader("max_age", fields.seconds),
}
_NOTHING = dict.fromkeys(_READERS)


def _own_extras(reading: Reading) -> dict[str, object]:
    said = reading.first("extras")
    return {} if said is None else fields.extras(said)


def _time(reading: Reading, interval: str | None) -> dict[str, Any]:
    instant = fields.time(reading)
    if instant is None or not is_on_bar(instant, interval):
        return {"time": instant}
    reading.warnings.append(
        "bar_time: this may be the bar's time, so the alert's age counts from its receipt; "
        "send {{timenow}}"
    )
    return {"time": instant, "is_bar_time": True}


def _sizes(reading: Reading, draft: dict[str, Any]) -> dict[str, Any]:
    """Sign sizes that were sent without one by the position beside them."""
    return {
        f"{name}_size": fields.one(reading, f"{name}_size", _signed_by(draft[name]))
        for name in ("position", "prev_position")
    }


def _signed_by(position: Position | None) -> fields.Parser[Decimal]:
    def parse(said: Said) -> Decimal:
        size = fields.signed_size(said)
        is_absolute = fold_key(said.key).endswith("marketpositionsize")
        if not is_absolute or size.is_zero():
            return size
        if size < 0:
            raise SignalError(
                Code.INVALID_QUANTITY, "This size has no sign of its own.", field=said.key
            )
        if position is None:
            raise _missing("position", "The size needs market_position beside it for its side.")
        return -size if position is Position.SHORT else size

    return parse


def _check_quantity(reading: Reading, draft: dict[str, Any]) -> None:
    quantity, action = draft["quantity"], draft["action"]
    if quantity is not None and quantity.is_zero() and action not in _MAY_BE_ZERO:
        key = reading.fields["quantity"][0].key
        raise SignalError(
            Code.INVALID_QUANTITY,
            "A quantity of zero makes sense for exits and targets only.",
            field=key,
            hint="Send the quantity, or leave it out for the strategy's default.",
        )
    kind = draft["quantity_type"] or QuantityType.FIXED_QUANTITY
    if (
        quantity is None
        and reading.first("quantity_type")
        and kind is not QuantityType.FIXED_QUANTITY
    ):
        raise _missing("quantity", f"{kind} needs a quantity.")


def _check_prices(draft: dict[str, Any]) -> None:
    kind = draft["order_type"]
    if kind is OrderType.LIMIT and draft["limit_price"] is None:
        draft["limit_price"] = draft["price"]
    needed = [name for name in _REQUIRED[kind] if draft[name] is None]
    if kind is OrderType.TRAILING_STOP and not (draft["trail_amount"] or draft["trail_percent"]):
        needed = ["trail_amount"]
    if needed:
        raise SignalError(
            Code.PRICE_REQUIRED,
            f"A {kind} order needs {needed[0]}.",
            field=needed[0],
            hint="`price` is for reference; a limit order takes it where limit_price is missing.",
        )


def _check_unused_prices(reading: Reading, draft: dict[str, Any]) -> None:
    """Refuse a price that the order type would drop: nothing that moves money is dropped."""
    kind = draft["order_type"]
    for name in ("limit_price", "stop_price", "trail_amount", "trail_percent"):
        said = reading.first(name)
        is_trail = name.startswith("trail") and kind is OrderType.TRAILING_STOP
        if said is not None and name not in _REQUIRED[kind] and not is_trail:
            raise SignalError(
                Code.CONFLICTING_FIELDS,
                f"A {kind} order has no {name}.",
                field=said.key,
                hint="Send the order type that goes with it, or leave it out.",
            )


_OPPOSITE = {
    (Action.LONG_ENTRY, Position.SHORT),
    (Action.LONG_ENTRY, Position.FLAT),
    (Action.SHORT_ENTRY, Position.LONG),
    (Action.SHORT_ENTRY, Position.FLAT),
}


def _check_position(draft: dict[str, Any]) -> None:
    position, action = draft["position"], draft["action"]
    if (action, position) in _OPPOSITE:
        msg = f"{action} does not end {position}."
        raise _contradiction(msg, "position")
    for name, where in (
        ("position_size", position),
        ("prev_position_size", draft["prev_position"]),
    ):
        size: Decimal | None = draft[name]
        if size is not None and where is not None and not _agree(where, size):
            msg = f"{where} does not go with a size of {size:f}."
            raise _contradiction(msg, name)
    size = draft["position_size"]
    if size is not None and (action, _side_of(size)) in _OPPOSITE:
        msg = f"{action} does not end at {size:f}."
        raise _contradiction(msg, "position_size")


def _agree(position: Position, size: Decimal) -> bool:
    return _side_of(size) is position


def _side_of(size: Decimal) -> Position:
    if size.is_zero():
        return Position.FLAT
    return Position.LONG if size > 0 else Position.SHORT


def _contradiction(message: str, field: str) -> SignalError:
    return SignalError(
        Code.ACTION_POSITION_CONFLICT,
        message,
        field=field,
        hint="Sizes: long is positive, short negative, flat zero.",
    )


def _missing(field: str, hint: str) -> SignalError:
    return SignalError(Code.MISSING_FIELD, f"`{field}` is missing.", field=field, hint=hint)
