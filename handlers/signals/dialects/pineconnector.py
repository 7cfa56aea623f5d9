"""PineConnector: `licence,action,symbol,name=value,…`; risk in percent, distances in pips."""

from __future__ import annotations

import re

from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.numbers import is_off
from handlers.signals.reading import Reading, placeholder_in, read_keys

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
    "cancellong": {"action": "cancel"},
    "cancelshort": {"action": "cancel"},
    "cancel": {"action": "cancel"},
    "cancelall": {"action": "cancel_all"},
}
_PIPS = ("tp", "sl")


def is_pineconnector(text: str) -> bool:
    """Say whether a text begins with a licence number and a comma."""
    return _START.match(text) is not None


def read_pineconnector(text: str) -> Reading:
    """Sort the parts of a PineConnector command.

    Raises:
        SignalError: `missing_field`, `invalid_action`, `unrecognised_text`, `duplicate_key`.
    """
    parts = [part.strip() for part in text.split(",")]
    action, symbol, *rest = [*parts[1:], "", ""][: max(2, len(parts) - 1)]
    for part, field in ((action, "action"), (symbol, "ticker")):
        error = placeholder_in(part, field)
        if error is not None:
            raise error
    body = _parameters(rest)
    stops = {key: body.pop(key) for key in list(body) if fold_key(key) in _PIPS}
    body |= {"ticker": symbol or None}
    reading = read_keys(body, {"risk": "quantity"})
    if not symbol:
        raise SignalError(Code.MISSING_FIELD, "`ticker` is missing.", field="ticker")
    _take_action(reading, action, is_priced="price" in reading.fields)
    _take_risk(reading, body)
    for key, value in stops.items():
        _take_distance(reading, key, value)
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
                "A part of the command is no name=value.",
                hint="License,action,symbol,name=value,name=value",
            )
        if key in body:
            raise SignalError(Code.DUPLICATE_KEY, "A parameter stands twice.", field=key)
        body[key] = value.strip().strip('"')
    return body


def _take_action(reading: Reading, word: str, *, is_priced: bool) -> None:
    meaning = _ACTIONS.get(fold_key(word))
    if not word:
        raise SignalError(Code.MISSING_FIELD, "`action` is missing.", field="action")
    if meaning is None:
        raise SignalError(
            Code.INVALID_ACTION,
            "This command is not carried out here.",
            field="action",
            hint=f"It takes {', '.join(sorted(_ACTIONS))}.",
        )
    for field, value in meaning.items():
        reading.put(field, "action", value)
    if meaning.get("order_type") == "stop" and is_priced:
        said = reading.fields.pop("price")
        reading.fields["stop_price"] = said


def _take_risk(reading: Reading, body: dict[str, object]) -> None:
    risk = next((key for key in body if fold_key(key) == "risk"), None)
    if risk is not None and reading.first("quantity_type") is None:
        reading.put("quantity_type", risk, "risk_percent")


def _take_distance(reading: Reading, key: str, value: object) -> None:
    error = placeholder_in(str(value), key)
    if error is not None:
        raise error
    if is_off(value):
        return
    field = "take_profit" if fold_key(key) == "tp" else "stop_loss"
    reading.put(field, key, {"amount": value})
    reading.extras["distance_unit"] = "pip"
    reading.warnings.append(f"{key} is a distance in pips: the strategy's pip_size is needed")
