"""What every record is."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all records: frozen, by keyword."""
