"""Position sizes: signed where they are absolute, and checked against the position beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.numbers import as_decimal, as_positive
from handlers.signals.signal import Action, Position

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.phrases import Phrase
    from handlers.signals.reading import Reading, Said

# Each size, and the position that an absolute one takes its sign from.
SIDE_OF = {"position_size": "position", "prev_position_size": "prev_position"}
OPPOSITE = {
    (Action.LONG_ENTRY, Position.SHORT),
    (Action.LONG_ENTRY, Position.FLAT),
    (Action.SHORT_ENTRY, Position.LONG),
    (Action.SHORT_ENTRY, Position.FLAT),
}


def check_sides(reading: Reading) -> None:
    """Refuse an absolute size that nothing gives a side to.

    Raises:
        SignalError: `missing_field`.
    """
    for size, side in SIDE_OF.items():
        said = reading.fields.get(size)
        if not said or reading.first(side) is not None:
            continue
        if all(_is_absolute(each) and as_positive(each.value) for each in said):
            raise SignalError(
                Code.MISSING_FIELD,
                phrase("missing", field=side),
                field=side,
                hint=phrase("no_sign", key=said[0].key),
            )


def read_size(reading: Reading, name: str, position: Position | None) -> Decimal | None:
    """Return a size with its sign.

    Raises:
        SignalError: `invalid_quantity`.
    """
    said = reading.fields.get(name)
    if not said:
        return None
    sizes = [(each, _number(each)) for each in said]
    side = position or next((_side(size) for each, size in sizes if not _is_absolute(each)), None)
    signed = [_signed(size, side) if _is_absolute(each) else size for each, size in sizes]
    for (each, _), size in zip(sizes, signed, strict=True):
        if size != signed[0]:
            several, one = phrase("several_sizes", name=name), phrase("one_size", name=name)
            reading.conflict(each.key, several, one)
    return signed[0]


def check_contradictions(reading: Reading, values: dict[str, Any]) -> None:
    """Refuse a position that is not what the action or the size beside it says.

    Raises:
        SignalError: `action_position_conflict`, or `conflicting_fields`.
    """
    action, position = values["action"], values.get("position")
    if (action, position) in OPPOSITE:
        message = phrase("does_not_end", action=str(action), position=str(position))
        raise _contradiction(reading, "position", message)
    for name, where in SIDE_OF.items():
        size, side = values.get(name), values.get(where)
        if size is not None and side is not None and _side(size) is not side:
            message = phrase("side_and_size", side=side, size=f"{size:f}")
            raise _contradiction(reading, name, message)
    size = values.get("position_size")
    if size is not None and (action, _side(size)) in OPPOSITE:
        message = phrase("does_not_end_at", action=str(action), size=f"{size:f}")
        raise _contradiction(reading, "position_size", message)
    if action is not Action.TARGET:
        _check_target(reading, size, values.get("price"))


def _check_target(reading: Reading, size: Decimal | None, price: Decimal | None) -> None:
    """Refuse a `target` that is near the price, beside a deed: whether it is one cannot be told."""
    said = reading.first("position_size")
    if said is None or size is None or price is None or fold_key(said.key) != "target":
        return
    if price <= 2 * size and size <= 2 * price:
        raise SignalError(
            Code.CONFLICTING_FIELDS,
            phrase("target_or_price"),
            field=said.key,
            hint=phrase("say_which_target"),
        )


def _is_absolute(said: Said) -> bool:
    return fold_key(said.key).endswith("marketpositionsize")


def _number(said: Said) -> Decimal:
    number = as_decimal(said.value)
    if number is None:
        raise SignalError(
            Code.INVALID_QUANTITY,
            phrase("size_no_number"),
            field=said.key,
            hint=phrase("no_thousands"),
        )
    return number


def _signed(size: Decimal, side: Position | None) -> Decimal:
    """Give an absolute size its side; one that has a sign against its kind keeps it."""
    return -size if side is Position.SHORT and size > 0 else size


def _side(size: Decimal) -> Position:
    if size.is_zero():
        return Position.FLAT
    return Position.LONG if size > 0 else Position.SHORT


def _contradiction(reading: Reading, name: str, message: Phrase) -> SignalError:
    said = reading.first(name)
    return SignalError(
        Code.ACTION_POSITION_CONFLICT,
        message,
        field=name if said is None else said.key,
        hint=phrase("signs"),
    )
