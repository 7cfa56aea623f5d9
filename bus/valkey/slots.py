"""Which slot of a cluster a key lives in (the Valkey cluster specification)."""

from __future__ import annotations

from binascii import crc_hqx

SLOTS = 16_384


def slot_of(key: str) -> int:
    """Return the key's slot: CRC16 (XMODEM) of its hash tag, or of all of it without one."""
    return crc_hqx(_hashed_part(key).encode(), 0) % SLOTS


def _hashed_part(key: str) -> str:
    start = key.find("{")
    if start < 0:
        return key
    end = key.find("}", start + 1)
    return key if end <= start + 1 else key[start + 1 : end]
