"""A body's keys sorted into fields: who says what, and what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.signals.errors import Code, SignalError
from handlers.signals.names import (
    BAR_FIGURES,
    FIELD_OF,
    KEPT,
    KNOWN,
    RANK_OF,
    UNSUPPORTED,
    fold_key,
)
from handlers.signals.numbers import is_off
from handlers.signals.strict_json import is_array, is_object
from handlers.signals.typos import check_typo, nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_OPEN = "{{"
# Objects whose keys count as if they stood at the top.
_BLOCKS = frozenset({"strategy", "strategyinfo", "order"})


@dataclass(frozen=True, slots=True)
class Said:
    """One value under the key it was typed with."""

    key: str
    value: object


@dataclass(slots=True)
class Reading:
    """What a body says, field by field; the first of a row is the one that counts."""

    fields: dict[str, list[Said]] = field(default_factory=dict[str, list[Said]])
    extras: dict[str, object] = field(default_factory=dict[str, object])
    warnings: list[str] = field(default_factory=list[str])

    def first(self, name: str) -> Said | None:
        """Return what counts for a field; `None` where the body does not name it."""
        said = self.fields.get(name)
        return said[0] if said else None

    def put(self, name: str, key: str, value: object) -> None:
        """Let a dialect say a field in its own words, before anything else does."""
        self.fields.setdefault(name, []).insert(0, Said(key, value))


def read_keys(body: Mapping[str, object], aliases: Mapping[str, str] | None = None) -> Reading:
    """Sort the keys of one command into fields.

    Args:
        body: The command; the blocks `strategy`, `strategy_info` and `order` count as its top.
        aliases: What folded keys mean in this dialect alone.

    Raises:
        SignalError: `unresolved_placeholder`, `unknown_field_typo`, `unsupported_field`.
    """
    pairs = list(_flattened(body))
    for key, value in pairs:
        _check_placeholders(key, value)
    names = FIELD_OF if not aliases else {**FIELD_OF, **aliases}
    reading = Reading()
    unknown = [key for key, value in pairs if not _take(reading, names, key, value)]
    for key in unknown:
        check_typo(key)
    for key, value in pairs:
        folded = fold_key(key)
        if folded in UNSUPPORTED and folded not in names and not is_off(value):
            raise unsupported(key)
    reading.warnings += [
        f"unknown field {key[:64]}: ignored (the nearest known name is {nearest_name(key)})"
        for key in unknown
    ]
    _order(reading)
    return reading


def _take(reading: Reading, names: Mapping[str, str], key: str, value: object) -> bool:
    """Put one key where it belongs; false if nobody knows it."""
    folded = fold_key(key)
    name = names.get(folded)
    if name is not None:
        if value is not None:
            reading.fields.setdefault(name, []).append(Said(key, value))
    elif folded in KEPT:
        _keep(reading, key, value)
    elif folded in BAR_FIGURES:
        reading.extras[key] = value
    return name is not None or folded in KNOWN


def unsupported(key: str) -> SignalError:
    """Return the refusal of a field that would move money and that nothing here carries out."""
    return SignalError(
        Code.UNSUPPORTED_FIELD,
        "This field would change what is traded, and it is not carried out here; refused rather "
        "than dropped.",
        field=key,
        hint="Remove it from the alert, or switch it off.",
    )


def placeholder_in(text: str, key: str | None) -> SignalError | None:
    """Return the refusal of a text in which a placeholder was not filled in."""
    if _OPEN not in text:
        return None
    return SignalError(
        Code.UNRESOLVED_PLACEHOLDER,
        "A placeholder arrived as it was typed.",
        field=key,
        hint="Strategy placeholders are filled in only where the alert is set on a strategy; "
        "plots only where the indicator has them.",
    )


def _flattened(body: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in body.items():
        if is_object(value) and fold_key(key) in _BLOCKS:
            yield from value.items()
        else:
            yield key, value


def _check_placeholders(key: str, value: object) -> None:
    if isinstance(value, str) and _OPEN not in value and _OPEN not in key:
        return
    for text in (key, *_texts(value)):
        error = placeholder_in(text, key)
        if error is not None:
            raise error


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif is_object(value):
        for key, child in value.items():
            yield key
            yield from _texts(child)
    elif is_array(value):
        for child in value:
            yield from _texts(child)


def _keep(reading: Reading, key: str, value: object) -> None:
    if is_off(value):
        return
    reading.extras[key] = value
    reading.warnings.append(f"{key} is kept, but nothing here acts on it")


def _order(reading: Reading) -> None:
    """Put names into their row's order, and leave a chart's volume out of quantities."""
    for said in reading.fields.values():
        if len(said) > 1:
            said.sort(key=lambda each: RANK_OF.get(fold_key(each.key), 0))
    quantities = reading.fields.get("quantity")
    if quantities is None or fold_key(quantities[-1].key) != "volume":
        return
    is_bar = "open" in reading.extras or any(
        fold_key(each.key) == "close" for each in reading.fields.get("price", ())
    )
    if is_bar or len(quantities) > 1:
        volume = quantities.pop()
        reading.extras[volume.key] = volume.value
        if not quantities:
            del reading.fields["quantity"]
