"""The values of one reading, each parsed by its field's own rule; what is absent stays out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.phrases import phrase
from handlers.signals import fields
from handlers.signals.alert_time import read_time
from handlers.signals.brackets import read_stop_loss, read_take_profit
from handlers.signals.errors import Code, SignalError
from handlers.signals.secrets import mask_object
from handlers.signals.signal import EXITS, Action, Position
from handlers.signals.sizes import SIDE_OF, read_size
from handlers.signals.tickers import read_ticker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.signals.reading import Reading, Said

PARSERS: Mapping[str, fields.Parser[Any]] = {
    "action": fields.action,
    "quantity": fields.quantity,
    "quantity_type": fields.quantity_type,
    "position": fields.position,
    "prev_position": fields.position,
    "order_type": fields.order_type,
    "limit_price": fields.price,
    "stop_price": fields.price,
    "trail_amount": fields.price,
    "trail_percent": fields.price,
    "price": fields.reference_price,
    "take_profit": read_take_profit,
    "stop_loss": read_stop_loss,
    "time_in_force": fields.time_in_force,
    "id": fields.identifier,
    "order_id": fields.text,
    "comment": fields.text,
    "interval": fields.text,
    "reduce_only": fields.flag,
    "accounts": fields.accounts,
    "mode": fields.mode,
    "delay": fields.delay,
    "max_age": fields.age,
    "extras": fields.extras,
}
# Whatever amount they name, they open nothing.
_MAY_BE_ZERO = frozenset(
    {Action.EXIT, Action.LONG_EXIT, Action.SHORT_EXIT, Action.TARGET, Action.CANCEL,
     Action.CANCEL_ALL, Action.PING}
)  # fmt: skip


def read_values(reading: Reading) -> dict[str, Any]:
    """Return the signal's fields as far as the body says them.

    Contradictions between two names of one field are noted in the reading, not raised.

    Raises:
        SignalError: A value by its field's code; the first in the order of the fields.
    """
    for error in reading.wrong:
        raise error
    symbol, exchange = read_ticker(reading)
    values: dict[str, Any] = {"ticker": symbol, "action": Action.TARGET}
    if exchange is not None:
        values["exchange"] = exchange
    _parse_fields(reading, values)
    for size, side in SIDE_OF.items():
        if size in reading.fields:
            values[size] = read_size(reading, size, values.get(side))
    values.update(read_time(reading, values.get("interval")))
    extras = reading.extras | values.get("extras", {})
    values["extras"] = mask_object(extras) if extras else extras
    if values["action"] in EXITS:
        values["reduce_only"] = True
    _check_zero(reading, values)
    return values


def _parse_fields(reading: Reading, values: dict[str, Any]) -> None:
    for name in [name for name in PARSERS if name in reading.fields]:
        said = reading.fields[name]
        if said:
            value = PARSERS[name](said[0]) if len(said) == 1 else _agreed(reading, name, said)
            if value is not None:
                values[name] = value


def _agreed(reading: Reading, name: str, said: list[Said]) -> Any:  # noqa: ANN401 - of any field
    """Return what all names of a field say; the first counts where they differ."""
    parse = PARSERS[name]
    found = [(each, value) for each in said if (value := parse(each)) is not None]
    for other, value in found[1:]:
        if value != found[0][1]:
            reading.conflict(
                other.key,
                phrase("names_differ", one=found[0][0].key, other=other.key),
                phrase("one_of_them", name=name),
            )
    return found[0][1] if found else None


def _check_zero(reading: Reading, values: dict[str, Any]) -> None:
    quantity = values.get("quantity")
    if quantity is None or quantity or values["action"] in _MAY_BE_ZERO:
        return
    if values.get("position") is Position.FLAT or values.get("position_size") is not None:
        return
    raise SignalError(
        Code.INVALID_QUANTITY,
        phrase("zero_quantity"),
        field=reading.fields["quantity"][0].key,
        hint=phrase("send_quantity"),
    )
