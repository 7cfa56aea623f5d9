"""When an alert fired: ISO 8601 or epoch in, aware UTC out; and whether that is a bar's time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import gcd
from typing import NamedTuple

from handlers.signals.numbers import as_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"([0-9]{9,10})(?:\.([0-9]{1,6})[0-9]*)?")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")
_FRACTION = r"(?:[.,][0-9]{1,9})?"
_DATE = (
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[Tt ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}{_FRACTION})?)?"
)
_SHORT_DATE = rf"[0-9]{{8}}[Tt][0-9]{{4}}(?:[0-9]{{2}}{_FRACTION})?"
_ISO = re.compile(rf"({_DATE}|{_SHORT_DATE})\s?([Zz]|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)?")
_INTERVAL = re.compile(r"([0-9]*)\s*([a-zA-Z]*)")
_MINUTE = 60
_QUARTER = 15 * _MINUTE
_DAY = 24 * 60 * _MINUTE
_UNITS = {
    "": _MINUTE, "m": _MINUTE, "min": _MINUTE, "s": 1, "sec": 1, "h": 3600, "hour": 3600,
    "d": _DAY, "day": _DAY, "w": _DAY, "week": _DAY, "M": _DAY, "mo": _DAY, "month": _DAY,
}  # fmt: skip


class Instant(NamedTuple):
    """When it was, aware UTC, and whether the sender named a zone; without one it is UTC."""

    at: datetime
    has_zone: bool


def as_time(value: object) -> Instant | None:
    """Return the instant that a text or number tells; `None` if it is none."""
    text = as_text(value)
    if not text:
        return None
    instant = _from_epoch(text) if text.replace(".", "", 1).isdecimal() else _from_iso(text)
    if instant is None or not _EARLIEST <= instant.at < _LATEST:
        return None
    return instant


def is_on_bar(instant: datetime, interval: str | None) -> bool:
    """Say whether an instant is a multiple of the interval, of a minute without one.

    Longer bars begin when their exchange opens, which need not be a full hour of UTC: TAIFEX opens
    at a quarter to. Bars of a quarter of an hour and more may therefore begin at any quarter.
    """
    seconds = _seconds_of(interval)
    if seconds >= _QUARTER:
        seconds = gcd(seconds, _QUARTER)
    return instant.microsecond == 0 and int(instant.timestamp()) % seconds == 0


def _seconds_of(interval: str | None) -> int:
    """Read TradingView's intervals: 15, 60, 30S, 1D, 1W, 1M (months), and others' 5m and 4h."""
    found = _INTERVAL.fullmatch((interval or "").strip())
    if found is None:
        return _MINUTE
    unit = _UNITS.get(found[2]) or _UNITS.get(found[2].lower())
    if unit is None or not interval:
        return _MINUTE
    return max(1, int(found[1][:6] or 1)) * unit


def _from_epoch(text: str) -> Instant | None:
    if _MILLISECONDS.fullmatch(text):
        return Instant(_EPOCH + timedelta(milliseconds=int(text)), has_zone=True)
    found = _SECONDS.fullmatch(text)
    if found is None:
        return None
    microseconds = int((found[2] or "").ljust(6, "0"))
    seconds = timedelta(seconds=int(found[1]), microseconds=microseconds)
    return Instant(_EPOCH + seconds, has_zone=True)


def _from_iso(text: str) -> Instant | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    said, zone = found[1], (found[2] or "").upper()
    try:
        at = datetime.fromisoformat(said + zone)
        return Instant(at.astimezone(UTC) if zone else at.replace(tzinfo=UTC), has_zone=bool(zone))
    except (OverflowError, ValueError):
        return None
