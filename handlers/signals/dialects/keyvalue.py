"""`key=value` entries, ended by a newline, a semicolon, or both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.keys import read_keys
from handlers.signals.names import FIELD_OF, fold_key
from handlers.signals.unplaceable import is_unplaceable
from handlers.signals.vocabulary import ACTIONS, look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.signals.reading import Reading, Said

_ENTRY = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.-]{0,63})\s*=\s*(.*?)\s*", re.DOTALL)
_INNER = re.compile(r"[\s,&|]([A-Za-z][A-Za-z0-9_.-]{0,63})\s*=")
_NAMES = {**FIELD_OF, "command": "command", "percent": "percent"}
_BY_START = {
    "closeposition": "exit",
    "flatten": "exit",
    "close": "exit",
    "cancelall": "cancel_all",
    "cancel": "cancel",
    "reverse": "reverse",
}
_PLACE, _REPLACE = "place", "cancelreplace"
_TAKEN = "PLACE, CLOSEPOSITION, FLATTEN, CANCEL, CANCELALL, REVERSE"
_TURNED = {"buy": "long", "sell": "short"}


def entries_of(text: str) -> dict[str, str] | None:
    """Return the entries of a body that is made of nothing else; `None` if it is not.

    Raises:
        SignalError: `duplicate_key`, or `unrecognised_text` where one entry holds another.
    """
    entries: dict[str, str] = {}
    twice: str | None = None
    swallowed = False
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        found = _ENTRY.fullmatch(part)
        if found is None:
            return None
        twice = twice or (found[1] if found[1] in entries else None)
        entries[found[1]] = _unquoted(found[2])
        swallowed = swallowed or (entries[found[1]] == found[2] and _has_entry(found[2]))
    if swallowed:
        raise SignalError(
            Code.UNRECOGNISED_TEXT, phrase("entries_run_on"), hint=phrase("end_entries")
        )
    if twice is not None:
        raise SignalError(
            Code.DUPLICATE_KEY,
            phrase("key_twice"),
            field=twice,
            hint=phrase("keep_one_key"),
        )
    return entries or None


def read_keyvalue(entries: Mapping[str, str]) -> Reading:
    """Sort the entries into fields; a command other than PLACE is the action."""
    reading = read_keys({key: _filled(key, value) for key, value in entries.items()}, _NAMES)
    for said in reading.take("percent"):
        reading.cannot_place(said.key)
    commands = reading.take("command")
    words = {fold_key(str(said.value)).replace(" ", "") for said in commands}
    if len(words) > 1:
        several, one = phrase("several_commands"), phrase("one_command")
        reading.conflict(commands[1].key, several, one)
    if commands and words != {_PLACE}:
        _take_command(reading, commands[0], words.pop())
    return reading


def _take_command(reading: Reading, said: Said, word: str) -> None:
    action = next((action for start, action in _BY_START.items() if word.startswith(start)), None)
    if action is None or word == _REPLACE:
        reading.wrong.append(
            SignalError(
                Code.INVALID_ACTION,
                phrase("not_carried_out"),
                field=said.key,
                hint=phrase("takes", choices=_TAKEN),
            )
        )
    beside = reading.take("action")
    if action == "reverse" and beside and reading.first("position") is None:
        # It says which way is held afterwards.
        turned = _TURNED.get(str(look_up(ACTIONS, str(beside[0].value))))
        if turned is not None:
            reading.put("position", beside[0].key, turned)
    reading.put("action", said.key, action or said.value)


def _has_entry(value: str) -> bool:
    """Say whether a field stands in another's value, as where commas or spaces part them."""
    names = (fold_key(found[1]) for found in _INNER.finditer(value))
    return any(name in _NAMES or is_unplaceable(name) for name in names)


def _filled(key: str, value: str) -> str | None:
    """Take an entry without a value for absent, unless it should have said how much."""
    return None if not value and FIELD_OF.get(fold_key(key)) != "quantity" else value


def _unquoted(value: str) -> str:
    is_quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value
