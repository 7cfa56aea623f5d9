"""Take-profit and stop-loss as senders write them: a plain price, or an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.numbers import as_positive, is_zero
from handlers.signals.signal import StopLoss, StopType, TakeProfit
from handlers.signals.strict_json import Object, is_object
from handlers.signals.vocabulary import STOP_TYPES, look_up

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.signals.reading import Said

_TAKE_PROFIT = {
    "limitprice": "limit_price",
    "price": "limit_price",
    "percent": "percent",
    "amount": "amount",
}
_STOP_LOSS = {
    "stopprice": "stop_price",
    "price": "stop_price",
    "limitprice": "limit_price",
    "percent": "percent",
    "amount": "amount",
    "trailamount": "trail_amount",
    "trailprice": "trail_amount",
    "trailpercent": "trail_percent",
}
_NEEDS = {
    StopType.STOP: ("stop_price", "percent", "amount"),
    StopType.STOP_LIMIT: ("limit_price",),
    StopType.TRAILING_STOP: ("trail_amount", "trail_percent", "percent", "amount"),
}


def read_take_profit(said: Said) -> TakeProfit | None:
    """Return the take-profit; `None` where it is switched off.

    Raises:
        SignalError: `invalid_take_profit`, or `unknown_field_typo` for a sub-key nobody knows.
    """
    if not is_object(said.value):
        price = _plain(said, Code.INVALID_TAKE_PROFIT)
        return None if price is None else TakeProfit(limit_price=price)
    parts = _parts(said, said.value, _TAKE_PROFIT, Code.INVALID_TAKE_PROFIT)
    return TakeProfit(**parts) if parts else None


def read_stop_loss(said: Said) -> StopLoss | None:
    """Return the stop-loss; `None` where it is switched off.

    Raises:
        SignalError: `invalid_stop_loss`, or `unknown_field_typo` for a sub-key nobody knows.
    """
    if not is_object(said.value):
        price = _plain(said, Code.INVALID_STOP_LOSS)
        return None if price is None else StopLoss(stop_price=price)
    body = said.value
    typed = {key: value for key, value in body.items() if fold_key(key) == "type"}
    kind = _kind(said, typed)
    rest = {key: value for key, value in body.items() if key not in typed}
    parts = _parts(said, rest, _STOP_LOSS, Code.INVALID_STOP_LOSS)
    if kind is None and not parts:
        return None
    if kind is not None and not any(name in parts for name in _NEEDS[kind]):
        raise _invalid(Code.INVALID_STOP_LOSS, said.key, f"a {kind} stop needs {_NEEDS[kind][0]}")
    if kind is None and not any(name != "limit_price" for name in parts):
        raise _invalid(Code.INVALID_STOP_LOSS, said.key, "it says no price at which to stop")
    return StopLoss(type=kind, **parts)


def _plain(said: Said, code: Code) -> Decimal | None:
    if said.value is False or is_zero(said.value):
        return None
    price = as_positive(said.value)
    if price is None:
        raise _invalid(code, said.key, "it is neither a price nor an object")
    return price


def _kind(said: Said, typed: Object) -> StopType | None:
    for value in typed.values():
        if value is None:
            continue
        kind = look_up(STOP_TYPES, value) if isinstance(value, str) else None
        if kind is None:
            raise _invalid(
                Code.INVALID_STOP_LOSS, said.key, "type is stop, stop_limit or trailing_stop"
            )
        return kind
    return None


def _parts(said: Said, body: Object, names: dict[str, str], code: Code) -> dict[str, Decimal]:
    for key in body:
        if fold_key(key) not in names:
            raise SignalError(
                Code.UNKNOWN_FIELD_TYPO,
                f"`{said.key}` has no such part.",
                field=key,
                hint=f"It takes {', '.join(sorted(set(names.values())))}.",
            )
    parts: dict[str, Decimal] = {}
    for key, value in body.items():
        if value is None:
            continue
        number = as_positive(value)
        name = names[fold_key(key)]
        if number is None or parts.get(name, number) != number:
            raise _invalid(code, said.key, f"`{key}` must be one number greater than zero")
        parts[name] = number
    return parts


def _invalid(code: Code, key: str, why: str) -> SignalError:
    return SignalError(code, f"`{key}` cannot be used: {why}.", field=key)
