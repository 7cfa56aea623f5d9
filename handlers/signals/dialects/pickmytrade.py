"""PickMyTrade: the action in `data`, brackets in keys of their own, zeros for what is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.dialects.openalgo import drop_zeros
from handlers.signals.keys import read_keys
from handlers.signals.names import FIELD_OF, fold_key
from handlers.signals.numbers import as_decimal, as_flag, as_positive, is_off
from handlers.signals.signal import EXITS, Action
from handlers.signals.strict_json import is_array, is_object
from handlers.signals.vocabulary import ACTIONS, look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.signals.reading import Reading, Said

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
_SWITCHES = ("reverseorderclose", "pyramid", "duplicatepositionallow", "fullclosed")
_NAMES = {
    **FIELD_OF,
    **{key: f"bracket {key}" for key in _BRACKETS},
    **{key: f"switch {key}" for key in _SWITCHES},
    _RISK: "risk",
    "stplimitstpprice": "stop_price",
}
_SIDES = {
    Action.BUY: ("long", ""),
    Action.LONG_ENTRY: ("long", ""),
    Action.SELL: ("short", "-"),
    Action.SHORT_ENTRY: ("short", "-"),
}


def read_pickmytrade(body: Mapping[str, object]) -> Reading:
    """Sort the keys of a PickMyTrade alert."""
    reading = read_keys(body, _NAMES)
    drop_zeros(reading)
    for key, (field, part) in _BRACKETS.items():
        for said in reading.take(f"bracket {key}"):
            if not is_off(said.value):
                price_or_object = said.value if is_object(said.value) else {part: said.value}
                reading.put(field, said.key, price_or_object)
    _take_risk(reading)
    _take_switches(reading)
    _check_other_accounts(reading)
    return reading


def _take_risk(reading: Reading) -> None:
    """A risk percentage is the quantity where no quantity is sent."""
    for said in reading.take("risk"):
        if is_off(said.value):
            continue
        if not all(is_off(each.value) for each in reading.fields.get("quantity", ())):
            reading.conflict(
                said.key,
                phrase("risk_and_quantity", key=said.key),
                phrase("set_one_to_0"),
            )
            continue
        reading.fields["quantity"] = [said]
        reading.put("quantity_type", said.key, "risk_percent")


def _take_switches(reading: Reading) -> None:
    """Carry out what an alert shall do with a position that is there already.

    With `reverse_order_close` an entry first closes the other side, and its own side too unless
    the alert may pyramid: what is held afterwards is the quantity, no more.
    """
    switched = {key: said[0] for key in _SWITCHES if (said := reading.take(f"switch {key}"))}
    partial = switched.get("fullclosed")
    reversal = switched.get("reverseorderclose")
    said = reading.first("action")
    word = "" if said is None or not isinstance(said.value, str) else said.value
    action = look_up(ACTIONS, word) or Action.PING
    if partial is not None:
        _take_partial(reading, partial, action)
    side = _SIDES.get(action)
    if reversal is None or is_off(reversal.value) or side is None:
        return
    reading.put("position", reversal.key, side[0])
    stacks = any(
        not is_off(switched[key].value)
        for key in ("pyramid", "duplicatepositionallow")
        if key in switched
    )
    quantity = reading.first("quantity")
    if stacks or quantity is None or reading.first("quantity_type") is not None:
        return
    size = as_positive(quantity.value)
    if size is not None:
        reading.put("position_size", quantity.key, f"{side[1]}{size:f}")


def _take_partial(reading: Reading, partial: Said, action: Action) -> None:
    """A full close takes all that is held, whatever quantity the template has."""
    if as_flag(partial.value) is False:
        reading.cannot_place(partial.key)
    elif not is_off(partial.value) and action in EXITS:
        reading.take("quantity")


def _check_other_accounts(reading: Reading) -> None:
    """Other accounts are kept and not acted on; one that would scale the quantity is refused."""
    scaling = {"quantitymultiplier", _RISK}
    for key, accounts in reading.extras.items():
        if fold_key(key) != "multipleaccounts" or not is_array(accounts):
            continue
        scales = any(
            fold_key(name) in scaling and not is_off(value) and as_decimal(value) != 1
            for account in filter(is_object, accounts)
            for name, value in account.items()
        )
        if scales:
            reading.cannot_place(key)
