"""Plain words: `buy ETHUSDT 1.5`, `BTCUSDT close`, `sell TXF1! 5% q=2`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.keys import has_placeholder, read_keys, unresolved

if TYPE_CHECKING:
    from handlers.signals.reading import Reading

_VERBS = {
    "buy": "buy",
    "sell": "sell",
    "long": "long_entry",
    "short": "short_entry",
    "close": "exit",
    "exit": "exit",
    "flat": "exit",
    "cancel": "cancel",
    "reverse": "reverse",
}
# What shall be a number, whether or not it is one: `invalid_quantity` tells more than "no words".
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9.][0-9.,]*(?:e[+-]?[0-9]+)?|nan|inf|infinity))([%$]?)", re.IGNORECASE
)
_NAMED_QUANTITY = re.compile(r"q=(.*)", re.IGNORECASE)
_SYMBOL = re.compile(r"[A-Za-z0-9_.:/!-]{1,64}")
# What stands behind a verb in a sentence: `close all` names no symbol, and `buy signal` neither.
_NO_SYMBOLS = frozenset(
    {
        "all", "everything", "position", "positions", "order", "orders", "trade", "trades", "now",
        "signal", "alert", "it", "market", "entry", "open", "stop", "limit",
    }
)  # fmt: skip
_UNITS = {"%": "percent_of_equity", "$": "notional", "": None}


def read_text(text: str) -> Reading:
    """Read words: one verb and one symbol in either order, then how much.

    Raises:
        SignalError: `unrecognised_text`, `unresolved_placeholder`.
    """
    words = text.split()
    if has_placeholder(text):
        raise unresolved(_unfilled(words))
    if not 2 <= len(words) <= 4 or "\n" in text:
        raise _unrecognised()
    verb, symbol = _verb_and_symbol(words[0], words[1])
    action = _VERBS[verb.lower()]
    return read_keys({"action": action, "ticker": symbol, **_quantity(words[2:], action)})


def _verb_and_symbol(first: str, second: str) -> tuple[str, str]:
    is_verb, is_other_verb = first.lower() in _VERBS, second.lower() in _VERBS
    if is_verb is is_other_verb:
        raise _unrecognised()
    verb, symbol = (first, second) if is_verb else (second, first)
    if _SYMBOL.fullmatch(symbol) is None or symbol.lower().strip("!.:") in {"", *_NO_SYMBOLS}:
        raise _unrecognised()
    return verb, symbol


def _quantity(words: list[str], action: str) -> dict[str, object]:
    said: dict[str, object] = {}
    for word in words:
        named = _NAMED_QUANTITY.fullmatch(word)
        found = _QUANTITY.fullmatch(named[1] if named else word)
        key = "q" if named else "quantity"
        if key in said or (found is None and named is None):
            raise _unrecognised()
        said[key] = found[1] if found else word.partition("=")[2]
        unit = None if found is None else _UNITS[found[2]]
        if unit is not None:
            # Nothing is closed by a part of the equity: what is meant is a part of what is held.
            is_part = unit == "percent_of_equity" and action == "exit"
            said["quantity_type"] = "percent_of_position" if is_part else unit
    return said


def _unfilled(words: list[str]) -> str:
    """Name the field a placeholder stands for, by its place among the words."""
    at = next((place for place, word in enumerate(words) if "{{" in word), 0)
    if at >= 2:
        return "quantity"
    other = words[1 - at].lower() if len(words) > 1 else ""
    return "ticker" if other in _VERBS else "action"


def _unrecognised() -> SignalError:
    return SignalError(
        Code.UNRECOGNISED_TEXT,
        phrase("unrecognised_text"),
        hint=phrase("write_words"),
    )
