"""Lines that are written for every alert: whatever is the same in all of them is decided once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from telemetry.redaction import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from structlog.typing import Processor

    from telemetry.redaction import Redactor

# No secret is one of these: they are shown as they are.
_PLAIN = frozenset({int, bool, type(None), UUID})


class PreparedLine:
    """Writes one event again and again; called with its values, in the order of their names.

    The values pass the redactor that all lines pass. It takes nothing from context variables.
    """

    __slots__ = ("_fixed", "_names", "_redactor", "_render", "_write")

    def __init__(
        self,
        names: tuple[str, ...],
        fixed: Mapping[str, str],
        *,
        redactor: Redactor,
        render: Processor,
        write: Callable[[str], None],
    ) -> None:
        """Prepare it.

        Args:
            names: What the values are called, in their order.
            fixed: The fields that are always the same.
            redactor: What every value passes that could be a secret, and every line.
            render: Makes a line of an event.
            write: Takes it.

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

    def __call__(self, *values: object) -> None:
        """Write a line."""
        shown = self._redactor.value
        safe = [value if type(value) in _PLAIN else shown(value) for value in values]
        event: dict[str, object] = dict(zip(self._names, safe, strict=True))
        event.update(self._fixed)
        event["timestamp"] = datetime.now(UTC)
        line = self._render(None, "info", event)
        self._write(self._redactor.without_hidden(str(line)))
