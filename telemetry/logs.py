"""Sets logging up: one line an event on standard error, JSON or readable, never with a secret."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

import msgspec
import structlog

from telemetry.context import logged_fields
from telemetry.lines import PreparedLine
from telemetry.plain import as_json, take_over
from telemetry.redaction import Redactor
from telemetry.settings import LogFormat

if TYPE_CHECKING:
    from typing import TextIO

    from structlog.typing import EventDict, Processor, WrappedLogger

    from telemetry.settings import TelemetrySettings


class LossyStream:
    """A stream that drops what it cannot write: a full disk must not fail a request as well.

    Nor does a stream that was closed before us, which Python tells with a `ValueError`.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, or lose it."""
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        """Hand it on, or try again with the next line."""
        with suppress(OSError, ValueError):
            self._stream.flush()


class LineLogger(structlog.WriteLogger):
    """Writes each line with one call, under the name it was asked for."""

    def __init__(self, stream: TextIO, name: str) -> None:
        super().__init__(cast("TextIO", LossyStream(stream)))
        self.name = name


class LineLoggerFactory:
    """Makes loggers that write to one stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, *names: str) -> LineLogger:
        """Make the logger of this name."""
        return LineLogger(self._stream, names[0] if names else "fourpass")


class Logs:
    """How this process logs.

    Attributes:
        redactor: Can be told of further values to hide.
    """

    def __init__(
        self, settings: TelemetrySettings, redactor: Redactor, renderer: Processor, target: TextIO
    ) -> None:
        self._settings = settings
        self.redactor = redactor
        self._renderer = renderer
        self._target = target

    def prepare(self, logger: str, event: str, *names: str) -> PreparedLine:
        """Return what takes lines of one event, at level info, as the logger of that name would.

        Args:
            logger: The logger's name.
            event: What happens.
            names: What the values are called that a line is written with.

        Raises:
            ValueError: A name is a secret's.
        """
        fixed = {"event": event, "logger": logger, "level": "info"}
        is_written = self._settings.level <= logging.INFO
        return PreparedLine(
            names,
            {**fixed, "service": self._settings.service},
            redactor=self.redactor,
            render=self._lines_of,
            write=LineLogger(self._target, logger).msg if is_written else None,
        )

    def _lines_of(self, events: list[msgspec.Struct]) -> str:
        """Render events; JSON all at once."""
        if isinstance(self._renderer, structlog.processors.JSONRenderer):
            return _ENCODER.encode_lines(events).decode().rstrip("\n")
        return "\n".join(
            [str(self._renderer(None, "info", msgspec.structs.asdict(event))) for event in events]
        )


def configure(settings: TelemetrySettings, *, stream: TextIO | None = None) -> Logs:
    """Make structlog and the standard library log as the settings say."""
    target = sys.stderr if stream is None else stream
    redactor = Redactor()
    steps = _steps(settings, redactor)
    renderer = _renderer(settings.log_format, is_terminal=target.isatty())
    structlog.configure(
        processors=[*steps, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        logger_factory=LineLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    _take_over_standard_logging(settings.level, steps, renderer, target)
    return Logs(settings, redactor, renderer, target)


def _steps(settings: TelemetrySettings, redactor: Redactor) -> list[Processor]:
    """Return what every event goes through; the redactor sees all of it but the time."""

    def add_service(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
        event_dict["service"] = settings.service
        return event_dict

    return [
        structlog.contextvars.merge_contextvars,
        _add_context,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        add_service,
        structlog.processors.format_exc_info,
        redactor,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _add_context(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Add what is done just now; a line's own fields come first."""
    return {**logged_fields(), **event_dict}


def _without_colours(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Leave out the second telling, for terminals, that uvicorn adds to its lines."""
    event_dict.pop("color_message", None)
    return event_dict


def _renderer(log_format: LogFormat, *, is_terminal: bool) -> Processor:
    if log_format is LogFormat.JSON or (log_format is LogFormat.AUTO and not is_terminal):
        return structlog.processors.JSONRenderer(serializer=_as_json)
    readable = structlog.dev.ConsoleRenderer(colors=is_terminal, pad_event_to=24)

    def render(logger: WrappedLogger, method: str, event_dict: EventDict) -> str:
        shown = {name: _spelt(value) for name, value in event_dict.items()}
        # Fields are shown quoted; these two are not, and a caller may have had a say in them.
        shown["event"] = _visible(str(shown.get("event")))
        if "exception" in shown:
            shown["exception"] = _visible(str(shown["exception"]), kept="\n")
        return readable(logger, method, shown)

    return render


def _spelt(value: object) -> object:
    """Write out what JSON has a form for and a terminal has none."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value


def _visible(text: str, *, kept: str = "") -> str:
    """Write what would end the line or steer the terminal as its escape."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in kept else ascii(letter)[1:-1] for letter in text
    )


_ENCODER = msgspec.json.Encoder(enc_hook=str)


def _as_json(event: EventDict, **_: object) -> str:
    return as_json(event)


def _take_over_standard_logging(
    level: int, steps: list[Processor], renderer: Processor, target: TextIO
) -> None:
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), _without_colours, *steps],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    take_over(handler, level)
