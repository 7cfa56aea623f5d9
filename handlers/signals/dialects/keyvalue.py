"""`key=value` entries, ended by a newline, a semicolon, or both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.reading import Reading, read_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENTRY = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.-]{0,63})\s*=\s*(.*?)\s*", re.DOTALL)
_BY_START = {
    "closeposition": "exit",
    "flatten": "exit",
    "close": "exit",
    "cancelall": "cancel_all",
    "cancel": "cancel",
    "reverse": "reverse",
}


def entries_of(text: str) -> dict[str, str] | None:
    """Return the entries of a body that is made of nothing else; `None` if it is not.

    Raises:
        SignalError: `duplicate_key`.
    """
    entries: dict[str, str] = {}
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        found = _ENTRY.fullmatch(part)
        if found is None:
            return None
        if found[1] in entries:
            raise SignalError(
                Code.DUPLICATE_KEY,
                "A key stands twice; which one counts cannot be known.",
                field=found[1],
                hint="Keep one of the two.",
            )
        entries[found[1]] = _unquoted(found[2])
    return entries or None


def read_keyvalue(entries: Mapping[str, str]) -> Reading:
    """Sort the entries into fields; a command other than PLACE is the action.

    Raises:
        SignalError: `invalid_action`, field `command`.
    """
    command = next((key for key in entries if fold_key(key) == "command"), None)
    body: dict[str, object] = {key: value for key, value in entries.items() if key != command}
    reading = read_keys(body)
    if command is not None and fold_key(entries[command]) != "place":
        action = _action_of(command, entries[command])
        reading.fields.pop("action", None)
        reading.put("action", command, action)
    return reading


def _action_of(key: str, command: str) -> str:
    word = fold_key(command.strip().replace(" ", ""))
    for start, action in _BY_START.items():
        if word.startswith(start):
            return action
    raise SignalError(
        Code.INVALID_ACTION,
        "This command is not carried out here.",
        field=key,
        hint="It takes PLACE, CLOSEPOSITION, FLATTEN, CANCEL, CANCELALL, REVERSE.",
    )


def _unquoted(value: str) -> str:
    is_quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value
