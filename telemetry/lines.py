"""Lines that are written for every alert: what is the same in all of them is decided once.

They are kept until somebody has them written, many with one write: a write for each would cost a
fifth of the alert. Who dies of SIGKILL takes the last few along; the record has the alerts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from telemetry.redaction import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemetry.redaction import Redactor

# No secret is one of these: they are shown as they are.
_PLAIN = frozenset({int, bool, type(None), UUID})


# So many are written at once even if nobody asks for it.
MOST_KEPT = 1000


class PreparedLine:
    """Keeps one event's lines until they are written; called with the values of the next one.

    The values pass the redactor that all lines pass. It takes nothing from context variables.
    """

    __slots__ = ("_fixed", "_kept", "_names", "_redactor", "_render", "_write")

    def __init__(
        self,
        names: tuple[str, ...],
        fixed: Mapping[str, str],
        *,
        redactor: Redactor,
        render: Callable[[list[dict[str, object]]], str],
        write: Callable[[str], None] | None,
    ) -> None:
        """Prepare it.

        Args:
            names: What the values are called, in their order.
            fixed: The fields that are always the same.
            redactor: What every value passes that could be a secret, and every line.
            render: Makes lines of events.
            write: Takes what is to be written; without one nothing is.

        Raises:
            ValueError: A name is a secret's, so that each of its values would have to be masked.
        """
        for name in filter(is_secret, names):
            msg = f"{name} is the name of a secret"
            raise ValueError(msg)
        self._names = names
        self._fixed = dict(fixed)
        self._redactor = redactor
        self._render = render
        self._write = write
        self._kept: list[tuple[datetime, tuple[object, ...]]] = []

    def __call__(self, *values: object) -> None:
        """Keep a line; its values, in the order of their names, are shown as they will be then."""
        if len(values) != len(self._names):
            msg = f"{len(values)} values for {len(self._names)} names"
            raise ValueError(msg)
        if self._write is None:
            return
        self._kept.append((datetime.now(UTC), values))
        if len(self._kept) >= MOST_KEPT:
            self.flush()

    def flush(self) -> None:
        """Write what is kept."""
        kept, self._kept = self._kept, []
        if kept and self._write is not None:
            lines = self._render([self._event(instant, values) for instant, values in kept])
            self._write(self._redactor.without_hidden(lines))

    def _event(self, instant: datetime, values: tuple[object, ...]) -> dict[str, object]:
        shown = self._redactor.value
        safe = [value if type(value) in _PLAIN else shown(value) for value in values]
        return {**dict(zip(self._names, safe, strict=True)), **self._fixed, "timestamp": instant}
