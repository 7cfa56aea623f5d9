"""A command's keys sorted into fields: what each says, what is kept, and what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.names import (
    BAR_FIGURES,
    FIELD_OF,
    FIRST_WINS,
    KEPT,
    RANK_OF,
    SECRETS,
    fold_key,
)
from handlers.signals.numbers import is_off
from handlers.signals.reading import Reading, Said
from handlers.signals.secrets import mask_tokens
from handlers.signals.strict_json import is_array, is_object
from handlers.signals.typos import check_typo, nearest_name
from handlers.signals.unplaceable import is_unplaceable, moves_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from handlers.phrases import Phrase

_OPEN = "{{"
# Objects whose keys count as if they stood at the top.
_ORDER, _ORDER_ID = "order", "order_id"
_BLOCKS = frozenset({"strategy", "strategyinfo", _ORDER})
# Kept, unless what they say is more than the fields do.
_LOOKED_AT = frozenset({"command", _ORDER})
_LAST = 99
# Of more unknown keys than this only the names are told.
_COMPARED = 20


def read_keys(body: Mapping[str, object], names: Mapping[str, str] = FIELD_OF) -> Reading:
    """Sort the keys of one command into fields.

    Args:
        body: The command; the blocks `strategy`, `strategy_info` and `order` count as its top.
        names: The field that each folded key says in this dialect.

    Raises:
        SignalError: `unresolved_placeholder`, `unknown_field_typo`.
    """
    reading = Reading()
    unknown: list[Said] = []
    for key, value in _flattened(body):
        if _OPEN in key or (_OPEN in value if isinstance(value, str) else _is_unresolved(value)):
            raise unresolved(key)
        folded = fold_key(key)
        name = names.get(folded)
        if name is not None:
            reading.add(name, Said(key, value))
        elif not _set_aside(reading, folded, key, value):
            unknown.append(Said(key, value))
    if unknown:
        _tell_unknown(reading, unknown)
    _order(reading)
    return reading


def has_placeholder(text: str) -> bool:
    """Say whether a placeholder was not filled in."""
    return _OPEN in text


def unresolved(key: str | None) -> SignalError:
    """Return the refusal of a placeholder that was not filled in."""
    return SignalError(
        Code.UNRESOLVED_PLACEHOLDER,
        phrase("unresolved"),
        field=key,
        hint=phrase("where_filled"),
    )


def _flattened(body: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    if dict not in map(type, body.values()):
        return body.items()
    flat: list[tuple[str, object]] = []
    for key, value in body.items():
        block = fold_key(key)
        if not is_object(value) or block not in _BLOCKS:
            flat.append((key, value))
        elif block == _ORDER:
            # Its id is Pine's name of the order, and says nothing of which alert this is.
            flat += [(_ORDER_ID if fold_key(k) == "id" else k, v) for k, v in _flattened(value)]
        else:
            flat += _flattened(value)
    return flat


def _is_unresolved(value: object) -> bool:
    if isinstance(value, str):
        return _OPEN in value
    if is_object(value):
        return any(_OPEN in key or _is_unresolved(child) for key, child in value.items())
    return is_array(value) and any(map(_is_unresolved, value))


def _set_aside(reading: Reading, folded: str, key: str, value: object) -> bool:
    """Keep what is known and is no field; false if nobody knows it, or what it comes to yet."""
    if folded in _LOOKED_AT:
        return is_off(value)
    if folded in KEPT:
        if not is_off(value):
            _keep(reading, key, value)
    elif folded in BAR_FIGURES:
        reading.extras[key] = value
    elif is_unplaceable(folded):
        if not is_off(value):
            reading.cannot_place(key)
    else:
        return folded in SECRETS
    return True


def _tell_unknown(reading: Reading, unknown: list[Said]) -> None:
    """Refuse slips of a money key, and tell of all else what becomes of it."""
    for said in unknown:
        if fold_key(said.key) not in KEPT:
            check_typo(said.key)
    for place, said in enumerate(unknown):
        folded = fold_key(said.key)
        if moves_money(reading, folded, said.value):
            reading.cannot_place(said.key)
        elif folded in KEPT:
            _keep(reading, said.key, said.value)
        else:
            reading.warnings.append(_unknown(said.key, is_compared=place < _COMPARED))


def _keep(reading: Reading, key: str, value: object) -> None:
    reading.extras[key] = value
    reading.warnings.append(phrase("kept", key=key))


def _unknown(key: str, *, is_compared: bool) -> Phrase:
    shown = mask_tokens(key[:64])
    if is_compared:
        return phrase("unknown_field_near", key=shown, near=nearest_name(key))
    return phrase("unknown_field", key=shown)


def _order(reading: Reading) -> None:
    """Put names into their row's order; of time and price only the first that says any counts."""
    for said in reading.fields.values():
        if len(said) > 1:
            said.sort(key=_rank)
    _drop_bar_volume(reading)
    for name in FIRST_WINS:
        said = reading.fields.get(name)
        if said is not None and (len(said) > 1 or said[0].value == ""):
            reading.fields[name] = [each for each in said if each.value != ""][:1]


def _rank(said: Said) -> int:
    return RANK_OF.get(fold_key(said.key), _LAST)


def _drop_bar_volume(reading: Reading) -> None:
    """Leave a chart's volume out of quantities, and any volume where the quantity has a name."""
    quantities = reading.fields.get("quantity")
    if quantities is None or fold_key(quantities[-1].key) != "volume":
        return
    named = [said for said in quantities if fold_key(said.key) != "volume"]
    if not named and not _is_bar(reading):
        return
    reading.extras |= {said.key: said.value for said in quantities if said not in named}
    reading.fields["quantity"] = named


def _is_bar(reading: Reading) -> bool:
    if any(fold_key(said.key) == "close" for said in reading.fields.get("price", ())):
        return True
    return any(fold_key(key) == "open" for key in reading.extras)
