"""Take-profit and stop-loss as senders write them: a plain price, or an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.numbers import as_positive, is_zero
from handlers.signals.signal import StopLoss, StopType, TakeProfit
from handlers.signals.strict_json import Object, is_object
from handlers.signals.vocabulary import STOP_TYPES, look_up

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.phrases import Phrase
    from handlers.signals.reading import Reading, Said

_TAKE_PROFIT = {"limitprice": "limit_price", "percent": "percent", "amount": "amount"}
_STOP_LOSS = {
    "type": "type",
    "stopprice": "stop_price",
    "limitprice": "limit_price",
    "percent": "percent",
    "amount": "amount",
    "trailamount": "trail_amount",
    "trailpercent": "trail_percent",
}
_PARTS = {"take_profit": _TAKE_PROFIT, "stop_loss": _STOP_LOSS}
_TRIGGERS = ("stop_price", "percent", "amount")
_NEEDS = {
    None: (*_TRIGGERS, "trail_amount", "trail_percent"),
    StopType.STOP: _TRIGGERS,
    StopType.STOP_LIMIT: _TRIGGERS,
    StopType.TRAILING_STOP: ("trail_amount", "trail_percent", "percent", "amount"),
}


def check_parts(reading: Reading) -> None:
    """Refuse a part of a bracket that nobody knows: a typo there drops a stop as well.

    Raises:
        SignalError: `unknown_field_typo`, naming the part.
    """
    for field, known in _PARTS.items():
        for said in reading.fields.get(field, ()):
            for key in said.value if is_object(said.value) else ():
                if fold_key(key) not in known:
                    raise SignalError(
                        Code.UNKNOWN_FIELD_TYPO,
                        phrase("no_such_part", key=said.key),
                        field=key,
                        hint=phrase("takes", choices=", ".join(sorted(known.values()))),
                    )


def read_take_profit(said: Said) -> TakeProfit | None:
    """Return the take-profit; `None` where it is switched off.

    Raises:
        SignalError: `invalid_take_profit`.
    """
    if not is_object(said.value):
        price = _plain(said, Code.INVALID_TAKE_PROFIT)
        return None if price is None else TakeProfit(limit_price=price)
    parts = _parts(said, said.value, _TAKE_PROFIT, Code.INVALID_TAKE_PROFIT)
    return TakeProfit(**parts) if parts else None


def read_stop_loss(said: Said) -> StopLoss | None:
    """Return the stop-loss; `None` where it is switched off.

    Raises:
        SignalError: `invalid_stop_loss`.
    """
    if not is_object(said.value):
        price = _plain(said, Code.INVALID_STOP_LOSS)
        return None if price is None else StopLoss(stop_price=price)
    kind, rest = _kind(said, said.value)
    parts = _parts(said, rest, _STOP_LOSS, Code.INVALID_STOP_LOSS)
    if kind is None and not parts:
        return None
    needed = _NEEDS[kind]
    if not any(name in parts for name in needed):
        why = phrase("bracket_needs", names=", ".join(needed))
        raise _invalid(Code.INVALID_STOP_LOSS, said.key, why)
    if kind is StopType.STOP_LIMIT and "limit_price" not in parts:
        raise _invalid(Code.INVALID_STOP_LOSS, said.key, phrase("stop_limit_needs"))
    return StopLoss(type=kind, **parts)


def _plain(said: Said, code: Code) -> Decimal | None:
    if said.value is False or is_zero(said.value):
        return None
    price = as_positive(said.value)
    if price is None:
        raise _invalid(code, said.key, phrase("bracket_no_price"))
    return price


def _kind(said: Said, body: Object) -> tuple[StopType | None, Object]:
    """Take the type out of a stop-loss."""
    kinds = [value for key, value in body.items() if fold_key(key) == "type" and value is not None]
    rest = {key: value for key, value in body.items() if fold_key(key) != "type"}
    found = {look_up(STOP_TYPES, kind) if isinstance(kind, str) else None for kind in kinds}
    if not kinds:
        return None, rest
    if len(found) > 1 or None in found:
        raise _invalid(Code.INVALID_STOP_LOSS, said.key, phrase("bracket_types"))
    return found.pop(), rest


def _parts(said: Said, body: Object, names: dict[str, str], code: Code) -> dict[str, Decimal]:
    parts: dict[str, Decimal] = {}
    for key, value in body.items():
        if value is None:
            continue
        number = as_positive(value)
        name = names[fold_key(key)]
        if number is None or parts.get(name, number) != number:
            raise _invalid(code, said.key, phrase("bracket_part", part=key))
        parts[name] = number
    return parts


def _invalid(code: Code, key: str, why: Phrase) -> SignalError:
    return SignalError(code, phrase("bracket", key=key, why=why), field=key)
