"""Haste: who says a second time that everything shall end waits for no part any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from infra.local.supervising.parts import PartState
from infra.local.supervising.supervisor import kill_group

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.supervising.parts import Part

log: structlog.stdlib.BoundLogger = structlog.get_logger("up")


class Haste:
    """Sees which parts are being stopped, and kills them once it is called for."""

    def __init__(self) -> None:
        self._is_called_for = False
        self._stopping: dict[str, int] = {}

    def call(self) -> None:
        """Kill what is being stopped now, and each further part when its turn comes."""
        log.warning("hurrying", parts=sorted(self._stopping))
        self._is_called_for = True
        for pid in self._stopping.values():
            kill_group(pid)

    def seeing(self, on_change: Callable[[Part], None]) -> Callable[[Part], None]:
        """Return what to tell of a part's changes: this, then the given one."""

        def note(part: Part) -> None:
            self._see(part)
            on_change(part)

        return note

    def _see(self, part: Part) -> None:
        self._stopping.pop(part.name, None)
        if part.state is PartState.STOPPING and part.pid is not None:
            self._stopping[part.name] = part.pid
            if self._is_called_for:
                kill_group(part.pid)
