"""Alerts that come in one turn of the loop go from stage to stage together.

A processor that does once more what it has just done foresees each step. With one alert after the
other led from the door to the record it would foresee none, and take a sixth longer.
"""

from __future__ import annotations

from types import coroutine
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


@coroutine
def in_step() -> Generator[None]:
    """Let the other alerts of this turn come to where this one is; alone it goes on at once.

    It is what `asyncio.sleep(0)` does, without the frame around it.
    """
    yield
