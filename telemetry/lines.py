"""Lines that are written for every alert: what is the same in all of them is decided once.

They are kept until somebody has them written, many with one write: a write for each would cost a
fifth of the alert. Who dies of SIGKILL takes the last few along; the record has the alerts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from telemetry.redaction import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemetry.redaction import Redactor

    Line = tuple[datetime, tuple[object, ...]]

# No secret is one of these: they are shown as they are. A text is where it is found harmless.
_PLAIN = frozenset({int, bool, type(None), UUID})
_BETWEEN = "\0"

# So many are written at once even if nobody asks for it.
MOST_KEPT = 1000


class PreparedLine:
    """Keeps one event's lines until they are written; called with the values of the next one.

    The values pass the redactor that all lines pass. It takes nothing from context variables.
    """

    __slots__ = ("_event", "_fixed", "_kept", "_names", "_redactor", "_render", "_write")

    def __init__(
        self,
        names: tuple[str, ...],
        fixed: Mapping[str, str],
        *,
        redactor: Redactor,
        render: Callable[[list[msgspec.Struct]], str],
        write: Callable[[str], None] | None,
    ) -> None:
        """Prepare it.

        Args:
            names: What the values are called, in their order.
            fixed: The fields that are always the same.
            redactor: What every value passes that could be a secret, and every line.
            render: Makes lines of events, whose fields are the line's in its order.
            write: Takes what is to be written; without one nothing is.

        Raises:
            ValueError: A name is a secret's, so that each of its values would have to be masked.
        """
        for name in filter(is_secret, names):
            msg = f"{name} is the name of a secret"
            raise ValueError(msg)
        self._names = names
        self._fixed = tuple(fixed.values())
        # A dictionary for each line takes five times as long to make and to write.
        self._event = msgspec.defstruct("Event", [*names, *fixed, "timestamp"])
        self._redactor = redactor
        self._render = render
        self._write = write
        self._kept: list[Line] = []

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
            lines = kept if self._is_harmless(kept) else [self._masked(*line) for line in kept]
            rendered = self._render(
                [self._event(*values, *self._fixed, instant) for instant, values in lines]
            )
            self._write(self._redactor.without_hidden(rendered))

    def _is_harmless(self, kept: list[Line]) -> bool:
        """Say whether no value of these lines has to be masked: looked at all at once."""
        values = chain.from_iterable([line for _, line in kept])
        looked_at = [value for value in values if type(value) not in _PLAIN]
        texts = [value for value in looked_at if type(value) is str]
        return len(texts) == len(looked_at) and self._redactor.is_harmless(_BETWEEN.join(texts))

    def _masked(self, instant: datetime, values: tuple[object, ...]) -> Line:
        shown = self._redactor.value
        return instant, tuple(
            [value if type(value) in _PLAIN else shown(value) for value in values]
        )
