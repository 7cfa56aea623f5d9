"""Sets logging up without structlog: JSON lines of the standard library's loggers, without secrets.

For a process in which nothing else logs and each millisecond of the start counts: to load
structlog takes longer than all that is done here. The lines are those of `telemetry.logs`.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from telemetry.context import logged_fields
from telemetry.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from telemetry.settings import TelemetrySettings

_NOISY = ("asyncio", "asyncpg", "uvicorn.access", "httpcore", "httpx", "aiobotocore")
# What every record has; a line's own fields are the others.
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({})))
_ENCODER = msgspec.json.Encoder(enc_hook=str)


def configure_plain(settings: TelemetrySettings, *, stream: TextIO | None = None) -> None:
    """Make the standard library log at the level of the settings; always in JSON."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter(settings.service))
    take_over(handler, settings.level)


def take_over(handler: logging.Handler, level: int) -> None:
    """Have one handler write what the standard library's loggers say."""
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def as_json(event: Mapping[str, object]) -> str:
    """Spell an event out."""
    return _ENCODER.encode(event).decode()


class JsonFormatter(logging.Formatter):
    """Writes a record, and what is named beside its message, as one line of JSON."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service
        self._redactor = Redactor()

    @override
    def format(self, record: logging.LogRecord) -> str:
        event = {
            "event": record.getMessage(),
            **logged_fields(),
            **{name: told for name, told in vars(record).items() if name not in _OF_EVERY_RECORD},
            "logger": record.name,
            "level": record.levelname.lower(),
            "service": self._service,
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        shown = self._redactor(None, record.levelname, event)
        return as_json({**shown, "timestamp": datetime.now(UTC)})
