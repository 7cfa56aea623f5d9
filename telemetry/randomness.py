"""Random bits for ids, asked of the system for many at a time: a call of it costs as much as an id.

A forked process forgets what its parent had left over, or two orders would be given one id.
"""

from __future__ import annotations

import os
from struct import unpack

_AT_ONCE = 64
_DIGITS = 16
_left: list[int] = []
_left_as_text: list[str] = []

os.register_at_fork(after_in_child=_left.clear)
os.register_at_fork(after_in_child=_left_as_text.clear)


def random_64() -> int:
    """Return 64 bits of the system's randomness that nobody else is given."""
    while True:
        try:
            return _left.pop()
        except IndexError:
            _left.extend(unpack(f"{_AT_ONCE}Q", os.urandom(8 * _AT_ONCE)))


def random_digits() -> str:
    """Return as many bits as 16 hex digits, a third of the price of formatting them."""
    while True:
        try:
            return _left_as_text.pop()
        except IndexError:
            text = os.urandom(8 * _AT_ONCE).hex()
            _left_as_text.extend([text[at : at + _DIGITS] for at in range(0, len(text), _DIGITS)])
