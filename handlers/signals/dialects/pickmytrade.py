"""PickMyTrade: the action in `data`, brackets in keys of their own, zeros for what is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.signals.dialects.openalgo import drop_zeros
from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.numbers import as_decimal, is_off
from handlers.signals.reading import Reading, Said, read_keys, unsupported
from handlers.signals.strict_json import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

# The bracket each key speaks of, and which part of it.
_BRACKETS = {
    "tp": ("take_profit", "limit_price"),
    "percentagetp": ("take_profit", "percent"),
    "dollartp": ("take_profit", "amount"),
    "sl": ("stop_loss", "stop_price"),
    "percentagesl": ("stop_loss", "percent"),
    "dollarsl": ("stop_loss", "amount"),
}
_RISK = "riskpercentage"
_ALIASES = {**{key: f"bracket:{key}" for key in _BRACKETS}, _RISK: "risk"}
_ZERO_IS_NONE = ("price", "stop_price", "limit_price")


def read_pickmytrade(body: Mapping[str, object]) -> Reading:
    """Sort the keys of a PickMyTrade alert.

    Raises:
        SignalError: `conflicting_fields` where one bracket is said in two ways.
    """
    reading = read_keys(body, _ALIASES)
    drop_zeros(reading, _ZERO_IS_NONE)
    for key in _BRACKETS:
        for said in reading.fields.pop(f"bracket:{key}", ()):
            _take_bracket(reading, key, said)
    _take_risk(reading)
    _check_other_accounts(reading)
    return reading


def _take_bracket(reading: Reading, key: str, said: Said) -> None:
    if is_off(said.value):
        return
    field, part = _BRACKETS[key]
    if reading.first(field) is not None:
        raise SignalError(
            Code.CONFLICTING_FIELDS,
            f"`{said.key}` is a second way to say {field}.",
            field=said.key,
            hint="Keep one and set the others to 0.",
        )
    reading.put(field, said.key, said.value if is_object(said.value) else {part: said.value})


def _take_risk(reading: Reading) -> None:
    """A risk percentage is the quantity where no quantity is sent."""
    for said in reading.fields.pop("risk", ()):
        if is_off(said.value):
            continue
        if any(as_decimal(each.value) for each in reading.fields.get("quantity", ())):
            raise SignalError(
                Code.CONFLICTING_FIELDS,
                f"`{said.key}` and a quantity both say how much.",
                field=said.key,
                hint="Set one of them to 0.",
            )
        reading.fields.pop("quantity", None)
        reading.put("quantity", said.key, said.value)
        reading.put("quantity_type", said.key, "risk_percent")


def _check_other_accounts(reading: Reading) -> None:
    """Other accounts are kept and not acted on; one that would scale the quantity is refused."""
    for key, accounts in reading.extras.items():
        if fold_key(key) != "multipleaccounts" or not is_array(accounts):
            continue
        for account in filter(is_object, accounts):
            for name, value in account.items():
                scales = fold_key(name) in {"quantitymultiplier", _RISK}
                if scales and not is_off(value) and as_decimal(value) != 1:
                    raise unsupported(key)
