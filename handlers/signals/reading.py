"""What a body says of each field, gathered before any of it is judged."""

from __future__ import annotations

import msgspec

from handlers.phrases import Phrase, phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.secrets import mask_tokens


class Said(msgspec.Struct, frozen=True):
    """One value under the key it was typed with."""

    key: str
    value: object


class Reading:
    """What a body says, field by field; the first of a row is the one that counts.

    Attributes:
        unplaceable: Keys that ask for what nothing here carries out.
        wrong: Values that a dialect has judged itself; raised where values are judged.
        conflicts: Contradictions found on the way; raised when all values are known to be good.
    """

    __slots__ = ("conflicts", "extras", "fields", "unplaceable", "warnings", "wrong")

    def __init__(self) -> None:
        self.fields: dict[str, list[Said]] = {}
        self.extras: dict[str, object] = {}
        self.warnings: list[Phrase] = []
        self.unplaceable: list[str] = []
        self.wrong: list[SignalError] = []
        self.conflicts: list[SignalError] = []

    def first(self, name: str) -> Said | None:
        """Return what counts for a field; `None` where the body does not name it."""
        said = self.fields.get(name)
        return said[0] if said else None

    def add(self, name: str, said: Said) -> None:
        """Add what a key says of a field; null says nothing."""
        if said.value is None:
            return
        if name in self.fields:
            self.fields[name].append(said)
        else:
            self.fields[name] = [said]

    def take(self, name: str) -> list[Said]:
        """Take a field out, for a dialect to say it in other words."""
        return self.fields.pop(name, [])

    def put(self, name: str, key: str, value: object) -> None:
        """Let a dialect say a field in its own words, before anything else does."""
        self.fields.setdefault(name, []).insert(0, Said(key, value))

    def conflict(self, key: str, message: Phrase, hint: Phrase) -> None:
        """Remember a contradiction."""
        self.conflicts.append(
            SignalError(Code.CONFLICTING_FIELDS, message, field=key, hint=hint),
        )

    def cannot_place(self, key: str) -> None:
        """Remember what would move money and is not carried out: a strategy will refuse it."""
        self.unplaceable.append(key)
        self.warnings.append(phrase("not_placed", key=mask_tokens(key)))
