"""Plain words: `buy ETHUSDT 1.5`, `BTCUSDT close`, and WunderTrading's `ENTER-LONG`."""

from __future__ import annotations

import re

from handlers.signals.errors import Code, SignalError
from handlers.signals.reading import Reading, placeholder_in, read_keys

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
_WUNDER = re.compile(r"(ENTER|EXIT)-(LONG|SHORT|ALL)(?:_\S*)?", re.IGNORECASE)
_WUNDER_ACTIONS = {
    ("enter", "long"): "long_entry",
    ("enter", "short"): "short_entry",
    ("exit", "long"): "long_exit",
    ("exit", "short"): "short_exit",
    ("exit", "all"): "exit",
}
_NUMBER = r"[+-]?[0-9][0-9.,eE]*"
_QUANTITY = re.compile(rf"({_NUMBER})([%$]?)")
_NAMED_QUANTITY = re.compile(r"q=(.*)", re.IGNORECASE)
_SYMBOL = re.compile(r"[A-Za-z0-9_.:/!-]{1,64}")
_UNITS = {"%": "percent_of_equity", "$": "notional"}


def is_wundertrading(text: str) -> bool:
    """Say whether a text is one of WunderTrading's comment codes."""
    first, *_ = text.split(maxsplit=1)
    found = _WUNDER.fullmatch(first)
    return found is not None and (found[1].lower(), found[2].lower()) in _WUNDER_ACTIONS


def read_wundertrading(text: str) -> Reading:
    """Read a comment code; the symbol is the strategy's own, unless it stands behind.

    Raises:
        SignalError: `unrecognised_text`.
    """
    code, *rest = text.split()
    error = placeholder_in(text, None)
    if error is not None:
        raise error
    found = _WUNDER.fullmatch(code)
    if found is None or len(rest) > 1:
        raise _unrecognised()
    action = _WUNDER_ACTIONS[found[1].lower(), found[2].lower()]
    return read_keys({"action": action, "ticker": rest[0] if rest else None})


def read_text(text: str) -> Reading:
    """Read words: one verb, one symbol, at most one quantity.

    Raises:
        SignalError: `unrecognised_text`, `unresolved_placeholder`.
    """
    error = placeholder_in(text, None)
    words = text.split()
    if error is not None:
        raise SignalError(error.code, error.message, field=_unfilled(words), hint=error.hint)
    if not 2 <= len(words) <= 4 or "\n" in text:
        raise _unrecognised()
    first, second, *rest = words
    if first.lower() in _VERBS:
        verb, symbol = first, second
    elif second.lower() in _VERBS:
        verb, symbol = second, first
    else:
        raise _unrecognised()
    if _SYMBOL.fullmatch(symbol) is None or not any(c.isalpha() or c.isdigit() for c in symbol):
        raise _unrecognised()
    action = _VERBS[verb.lower()]
    return read_keys({"action": action, "ticker": symbol, **_quantity(rest, action)})


def _quantity(words: list[str], action: str) -> dict[str, object]:
    said: dict[str, object] = {}
    for word in words:
        named = _NAMED_QUANTITY.fullmatch(word)
        found = _QUANTITY.fullmatch(named[1] if named else word)
        key = "q" if named else "quantity"
        if key in said or (found is None and named is None):
            raise _unrecognised()
        said[key] = named[1] if found is None and named is not None else found and found[1]
        if found is not None and found[2]:
            unit = "percent_of_position" if found[2] == "%" and action == "exit" else None
            said["quantity_type"] = unit or _UNITS[found[2]]
    return said


def _unfilled(words: list[str]) -> str | None:
    """Name the field a placeholder stands for, by its place among the words."""
    at = next((place for place, word in enumerate(words) if "{{" in word), 0)
    if at < 2:
        other = words[1 - at].lower() if len(words) > 1 else ""
        return "ticker" if other in _VERBS else "action"
    return "quantity"


def _unrecognised() -> SignalError:
    return SignalError(
        Code.UNRECOGNISED_TEXT,
        "The body is neither JSON nor a command that is known here.",
        hint="Write: buy BTCUSDT 0.5 - or send JSON with ticker, action and quantity.",
    )
