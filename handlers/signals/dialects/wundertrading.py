"""WunderTrading's comment codes: `ENTER-LONG`, `EXIT-ALL`, with or without a bot's name behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.keys import has_placeholder, read_keys, unresolved

if TYPE_CHECKING:
    from handlers.signals.reading import Reading

_CODE = re.compile(
    r"(ENTER-LONG|ENTER-SHORT|EXIT-LONG|EXIT-SHORT|EXIT-ALL)(?:_\S*)?", re.IGNORECASE
)
_ACTIONS = {
    "ENTER-LONG": "long_entry",
    "ENTER-SHORT": "short_entry",
    "EXIT-LONG": "long_exit",
    "EXIT-SHORT": "short_exit",
    "EXIT-ALL": "exit",
}


def is_wundertrading(text: str) -> bool:
    """Say whether a text is one of WunderTrading's comment codes."""
    return _CODE.fullmatch(text.split(maxsplit=1)[0]) is not None


def read_wundertrading(text: str) -> Reading:
    """Read a comment code; the symbol is the strategy's own, unless it stands behind.

    Raises:
        SignalError: `unresolved_placeholder`, `unrecognised_text`.
    """
    code, *rest = text.split()
    if has_placeholder(text):
        raise unresolved("ticker")
    found = _CODE.fullmatch(code)
    if found is None or len(rest) > 1:
        raise SignalError(
            Code.UNRECOGNISED_TEXT,
            phrase("behind_code"),
            hint=phrase("write_code"),
        )
    return read_keys({"action": _ACTIONS[found[1].upper()], "ticker": rest[0] if rest else None})
