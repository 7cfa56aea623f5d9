"""When an alert fired: ISO 8601 or epoch in, aware UTC out; and whether that is a bar's time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from handlers.signals.numbers import as_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"([0-9]{9,10})(?:\.([0-9]{1,6})[0-9]*)?")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"\s?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_ZONE = re.compile(r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})$")
_INTERVAL = re.compile(r"([0-9]*)\s*([a-zA-Z]*)")
_MINUTE = 60
_UNITS = {
    "": _MINUTE, "s": 1, "sec": 1, "min": _MINUTE, "h": 3600, "hour": 3600, "d": 86_400,
    "day": 86_400, "w": 86_400, "week": 86_400, "mo": 86_400, "month": 86_400,
}  # fmt: skip


def as_time(value: object) -> datetime | None:
    """Return the instant, aware UTC; `None` if it is none. Without a zone it is taken as UTC."""
    text = as_text(value)
    if not text:
        return None
    instant = _from_epoch(text)
    if instant is None and _ISO.fullmatch(text):
        instant = _from_iso(text)
    if instant is None or not _EARLIEST <= instant < _LATEST:
        return None
    return instant


def has_zone(value: object) -> bool:
    """Say whether a time names its zone; an epoch does."""
    text = as_text(value) or ""
    return _ISO.fullmatch(text) is None or _ZONE.search(text, 10) is not None


def is_on_bar(instant: datetime, interval: str | None) -> bool:
    """Say whether an instant is a multiple of the interval, of a minute without one."""
    return (instant - _EPOCH) % timedelta(seconds=_seconds_of(interval)) == timedelta(0)


def _seconds_of(interval: str | None) -> int:
    """Read TradingView's intervals: 15, 60, 30S, 1D, 1W, 1M (months), and others' 5m and 4h."""
    found = _INTERVAL.fullmatch((interval or "").strip())
    if found is None:
        return _MINUTE
    count, unit = int(found[1][:6] or 1), found[2]
    if not found[1] and not unit:
        return _MINUTE
    if unit == "m":
        return max(1, count) * _MINUTE
    if unit == "M" or unit.lower() in {"w", "week", "mo", "month"}:
        return 86_400
    return max(1, count) * _UNITS.get(unit.lower(), _MINUTE)


def _from_epoch(text: str) -> datetime | None:
    if _MILLISECONDS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    found = _SECONDS.fullmatch(text)
    if found is None:
        return None
    microseconds = int((found[2] or "").ljust(6, "0"))
    return _EPOCH + timedelta(seconds=int(found[1]), microseconds=microseconds)


def _from_iso(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.replace(",", ".").replace(" +", "+").upper())
    except ValueError:
        return None
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
