"""PineConnector: `licence,action,symbol,name=value,…`; risk in percent, distances in pips."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.keys import has_placeholder, read_keys, unresolved
from handlers.signals.names import FIELD_OF, fold_key
from handlers.signals.numbers import is_off

if TYPE_CHECKING:
    from handlers.signals.reading import Reading

_START = re.compile(r"[0-9]{10,},")
_ACTIONS = {
    "buy": {"action": "buy"},
    "sell": {"action": "sell"},
    "buylimit": {"action": "buy", "order_type": "limit"},
    "selllimit": {"action": "sell", "order_type": "limit"},
    "buystop": {"action": "buy", "order_type": "stop"},
    "sellstop": {"action": "sell", "order_type": "stop"},
    "closelong": {"action": "long_exit"},
    "exitlong": {"action": "long_exit"},
    "closeshort": {"action": "short_exit"},
    "exitshort": {"action": "short_exit"},
    "close": {"action": "exit"},
    "exit": {"action": "exit"},
    "closeall": {"action": "exit"},
    "closelongshort": {"action": "exit"},
    "closelongsell": {"action": "short_entry"},
    "closeshortbuy": {"action": "long_entry"},
    "cancel": {"action": "cancel"},
    "cancelall": {"action": "cancel_all"},
}
# The bracket each parameter speaks of, and which part of it; `None` is a distance in pips.
_BRACKETS = {
    "tp": ("take_profit", None),
    "tppips": ("take_profit", None),
    "tpprice": ("take_profit", "limit_price"),
    "tppct": ("take_profit", "percent"),
    "sl": ("stop_loss", None),
    "slpips": ("stop_loss", None),
    "slprice": ("stop_loss", "stop_price"),
    "slpct": ("stop_loss", "percent"),
}
# Filters, and measures of volume, that decide whether or how much is traded.
_UNPLACEABLE = (
    "spread", "accfilter", "accfilterbalance", "voldollar", "volballots", "volballoss",
    "volbalmargin", "volpct", "pct",
)  # fmt: skip
_NAMES = {
    **FIELD_OF,
    **{key: f"bracket {key}" for key in _BRACKETS},
    **dict.fromkeys(_UNPLACEABLE, "unplaceable"),
    "risk": "risk",
    "vollots": "quantity",
}


def is_pineconnector(text: str) -> bool:
    """Say whether a text begins with a licence number and a comma."""
    return _START.match(text) is not None


def read_pineconnector(text: str) -> Reading:
    """Sort the parts of a PineConnector command.

    Raises:
        SignalError: `unrecognised_text`, `duplicate_key`, `unresolved_placeholder`.
    """
    _, action, symbol, *rest = [*(part.strip() for part in text.split(",")), ""]
    body = _parameters(rest)
    for part, field in ((action, "action"), (symbol, "ticker")):
        if has_placeholder(part):
            raise unresolved(field)
    reading = read_keys(body, _NAMES)
    if symbol:
        reading.put("ticker", "ticker", symbol)
    _take_action(reading, action)
    _take_risk(reading)
    for key in _BRACKETS:
        for said in reading.take(f"bracket {key}"):
            _take_bracket(reading, said.key, said.value)
    return reading


def _parameters(parts: list[str]) -> dict[str, object]:
    body: dict[str, object] = {}
    for part in parts:
        if not part:
            continue
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals or not key:
            raise SignalError(
                Code.UNRECOGNISED_TEXT,
                phrase("no_name_value"),
                hint=phrase("pine_form"),
            )
        if key in body:
            raise SignalError(Code.DUPLICATE_KEY, phrase("parameter_twice"), field=key)
        body[key] = value.strip().strip('"')
    return body


def _take_action(reading: Reading, word: str) -> None:
    if not word:
        return
    meaning = _ACTIONS.get(fold_key(word))
    if meaning is None:
        reading.wrong.append(
            SignalError(
                Code.INVALID_ACTION,
                phrase("not_carried_out"),
                field="action",
                hint=phrase("takes", choices=", ".join(sorted(_ACTIONS))),
            )
        )
    for field, value in (meaning or {"action": word}).items():
        reading.put(field, "action", value)
    if meaning is not None and meaning.get("order_type") == "stop":
        prices = reading.take("price")
        reading.fields.setdefault("stop_price", []).extend(prices)


def _take_risk(reading: Reading) -> None:
    for said in reading.take("risk"):
        reading.put("quantity", said.key, said.value)
        if reading.first("quantity_type") is None:
            reading.put("quantity_type", said.key, "risk_percent")
    for said in reading.take("unplaceable"):
        if not is_off(said.value):
            reading.cannot_place(said.key)


def _take_bracket(reading: Reading, key: str, value: object) -> None:
    if is_off(value):
        return
    field, part = _BRACKETS[fold_key(key)]
    reading.put(field, key, {part or "amount": value})
    if part is None:
        reading.extras["distance_unit"] = "pip"
        reading.warnings.append(phrase("pips", key=key))
