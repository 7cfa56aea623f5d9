"""Commands as bytes of the wire protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import hiredis

if TYPE_CHECKING:
    from collections.abc import Callable

Word = str | bytes | int | float

_pack = cast(
    "Callable[[tuple[Word, ...]], bytes]",
    hiredis.pack_command,  # pyright: ignore[reportUnknownMemberType] - its stub names a tuple of one
)


def pack(*words: Word) -> bytes:
    """Return one command's bytes."""
    return _pack(words)
