"""Takes secrets out of what is about to be logged: by field name, by form, by type, by value.

It is the last wall, not the first: code does not log secrets. So it may be strict, and never fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, cast
from uuid import UUID

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

MASK = "***"
SHORTEST_CANARY = 8
DEEPEST = 6

_SECRET_NAME = re.compile(
    r"token|secret|passw|passphrase|api_?key|authorization|cookie|credential|private|signature"
    r"|^dsn$|^body$|totp|otp$|person_id|^environ(ment)?$",
    re.IGNORECASE,
)
_FORMS = (
    (re.compile(r"\b(wh|fp)_[A-Za-z0-9_-]{8,}"), rf"\1_{MASK}"),
    (re.compile(r"(?<=://)[^/\s@]*:[^/\s@]*@"), f"{MASK}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?P<name>[\w-]*(?:token|secret|passw(?:or)?d|passphrase|api[_-]?key)[\w-]*)"
            r"(?P<between>[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&}]{4,}",
            re.IGNORECASE,
        ),
        rf"\g<name>\g<between>{MASK}",
    ),
)
# No form matches without one of these, and most texts (ids, codes, names) have none of them.
_MAYBE = re.compile(r"[\s:=@]|(?:wh|fp)_")
# Nor does any where all letters are of these, which is seen ten times as fast.
_LETTERS = re.compile(r"[0-9A-Za-z,.\0-]*")
_PLAIN = (bool, int, float, date, timedelta, type(None))
_TEXTUAL = (str, UUID, Decimal, Enum, PurePath, BaseException)


class Redactor:
    """A structlog processor; `hide` adds values that must never appear, whatever their form."""

    def __init__(self, canaries: Iterable[str] = ()) -> None:
        self._canaries: set[str] = set()
        for canary in canaries:
            self.hide(canary)

    def hide(self, value: str) -> None:
        """Mask this very value from now on; one that is too short would mask ordinary words."""
        if len(value) >= SHORTEST_CANARY:
            self._canaries.add(value)

    def __call__(self, _logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
        """Return the event without secrets."""
        return {name: self._field(name, value, 0) for name, value in event_dict.items()}

    def value(self, value: object) -> object:
        """Return a value without secrets, of a type that can be shown."""
        return self.text(value) if type(value) is str else self._value(value, 0)

    def without_hidden(self, text: str) -> str:
        """Return the text without the values that were to be hidden."""
        for canary in self._canaries:
            if canary in text:
                text = text.replace(canary, MASK)
        return text

    def is_harmless(self, text: str) -> bool:
        """Say whether `text` would return it as it is; quick, and rather too often no."""
        if self.without_hidden(text) != text:
            return False
        return _LETTERS.fullmatch(text) is not None or _MAYBE.search(text) is None

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        if self.is_harmless(text):
            return text
        text = self.without_hidden(text)
        for form, mask in _FORMS:
            text = form.sub(mask, text)
        return text

    def _field(self, name: str, value: object, depth: int) -> object:
        if is_secret(name) and value not in (None, "", True, False):
            return MASK
        return self._value(value, depth)

    def _value(self, value: object, depth: int) -> object:
        """Keep plain values, look into collections, name the type of everything else."""
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, _TEXTUAL):
            return self.text(str(value))
        if depth < DEEPEST and isinstance(value, Mapping):
            pairs = cast("Mapping[object, object]", value)
            return {str(key): self._field(str(key), item, depth + 1) for key, item in pairs.items()}
        if depth < DEEPEST and isinstance(value, list | tuple | set | frozenset):
            items = cast("Iterable[object]", value)
            return [self._value(item, depth + 1) for item in items]
        return f"<{type(value).__name__}>"


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Say whether a field of this name is masked; the names are few and come again and again."""
    return _SECRET_NAME.search(name) is not None
