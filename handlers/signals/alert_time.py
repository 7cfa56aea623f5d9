"""When the alert fired, as the body says it, and whether that is the bar's time instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.names import fold_key
from handlers.signals.times import as_time, is_on_bar

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.signals.reading import Reading


def read_time(reading: Reading, interval: str | None) -> dict[str, Any]:
    """Return `time` and `is_bar_time` as far as the body says them.

    Raises:
        SignalError: `invalid_time`.
    """
    instant = _instant(reading)
    if instant is None:
        return {}
    if not is_on_bar(instant, interval):
        return {"time": instant}
    reading.warnings.append(phrase("bar_time"))
    return {"time": instant, "is_bar_time": True}


def _instant(reading: Reading) -> datetime | None:
    said = reading.first("time")
    if said is None:
        return _told_by_id(reading)
    instant = as_time(said.value)
    if instant is None:
        raise SignalError(
            Code.INVALID_TIME,
            phrase("invalid_time"),
            field=said.key,
            hint=phrase("send_timenow"),
        )
    if not instant.has_zone:
        reading.warnings.append(phrase("no_zone", key=said.key))
    return instant.at


def _told_by_id(reading: Reading) -> datetime | None:
    """An `alertTimestamp` is an id that tells the time too, if it parses as one."""
    for said in reading.fields.get("id", ()):
        if fold_key(said.key) == "alerttimestamp":
            told = as_time(said.value)
            return None if told is None else told.at
    return None
