"""Takes the free blocks of the small objects' allocator, so that what is made next lies together.

They lie wherever something was: what is made next would go there, each piece to another page.
"""

from __future__ import annotations

import sys

# How the allocator lays small objects: each size in pools of its own.
_BLOCKS = range(48, 513, 16)
_POOL_BYTES = 16_384
_EMPTY_BYTES = sys.getsizeof(b"")
# More than are ever free of one size; another allocator never has as many in a row.
_FREE_AT_MOST = 3_000

_taken: list[bytes] = []


def fill_free_blocks() -> None:
    """Take all of them, for good."""
    for block in _BLOCKS:
        _fill_up(block)


def _fill_up(block: int) -> None:
    """Take all free blocks of a size: they lie wherever something was.

    All are taken when as many came in a row as only a fresh pool has.
    """
    in_a_row, last = 0, 0
    for _ in range(_FREE_AT_MOST):
        _taken.append(bytes(block - _EMPTY_BYTES))
        here = id(_taken[-1])
        in_a_row, last = (in_a_row + 1 if here - last == block else 0), here
        if in_a_row == _POOL_BYTES // block - 2:
            return
