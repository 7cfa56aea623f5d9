from __future__ import annotations

import errno
import io
import json
import logging
from typing import Any

import pytest
import structlog

from telemetry.logs import configure
from telemetry.settings import LogFormat, TelemetrySettings


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def a_stream(
    *, stream: io.StringIO | None = None, log_format: LogFormat = LogFormat.AUTO
) -> io.StringIO:
    target = io.StringIO() if stream is None else stream
    configure(TelemetrySettings(service="edge", log_format=log_format), stream=target)
    return target


def only_line(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_event_away_from_a_terminal_is_one_json_line() -> None:
    stream = a_stream()

    structlog.get_logger("edge.alerts.webhooks").info("alert_received", symbol="BTCUSDT")

    line = only_line(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "alert_received",
        "symbol": "BTCUSDT",
        "level": "info",
        "logger": "edge.alerts.webhooks",
        "service": "edge",
    }


def test_event_on_a_terminal_is_readable() -> None:
    stream = a_stream(stream=Terminal())

    structlog.get_logger().info("alert_received")

    assert not stream.getvalue().startswith("{")


def test_json_can_be_asked_for_on_a_terminal() -> None:
    stream = a_stream(stream=Terminal(), log_format=LogFormat.JSON)

    structlog.get_logger().info("alert_received")

    assert only_line(stream)["event"] == "alert_received"


def test_less_important_event_is_not_shown() -> None:
    stream = a_stream()

    structlog.get_logger().debug("detail")
    logging.getLogger("asyncio").info("detail")

    assert not stream.getvalue()


def test_secret_in_an_event_is_masked() -> None:
    stream = a_stream()

    structlog.get_logger().info("signed_in", password="hunter22")

    assert "hunter22" not in stream.getvalue()


def test_secret_in_a_traceback_is_masked() -> None:
    stream = a_stream()

    try:
        int("postgresql://app:hunter22@db/x")
    except ValueError:
        structlog.get_logger().exception("it_failed")

    assert "ValueError" in only_line(stream)["exception"]
    assert "hunter22" not in stream.getvalue()


def test_foreign_library_logs_in_our_form_and_without_secrets() -> None:
    stream = a_stream()

    logging.getLogger("uvicorn.error").warning("bad header %s", "Bearer abcdef123456")

    assert only_line(stream)["event"] == "bad header Bearer ***"


def test_what_a_line_of_the_standard_library_names_is_in_it_without_secrets() -> None:
    stream = a_stream()

    told = {"worker_id": "w-1", "detail": "Bearer abcdef123456"}
    logging.getLogger("worker_runtime.hosting.reaper").warning("worker_died", extra=told)

    line = only_line(stream)
    assert line["worker_id"] == "w-1"
    assert "abcdef123456" not in line["detail"]


def test_value_hidden_later_is_masked() -> None:
    stream = io.StringIO()
    logs = configure(TelemetrySettings(service="edge"), stream=stream)

    logs.redactor.hide("canary-2c9f")
    structlog.get_logger().info("seen", where="x canary-2c9f y")

    assert only_line(stream)["where"] == "x *** y"


INJECTED = "x\r\n2026-11-29T00:00:00Z [info     ] order placed\x1b[2J\u2028\u202e"


@pytest.mark.parametrize("log_format", list(LogFormat))
def test_no_value_forges_a_line_or_steers_the_terminal(log_format: LogFormat) -> None:
    stream = a_stream(log_format=log_format)

    structlog.get_logger("edge").info("event", path=INJECTED)
    logging.getLogger("uvicorn").warning("Invalid %s", INJECTED)

    text = stream.getvalue()
    assert text.count("\n") == 2
    assert not [letter for letter in "\r\x1b" if letter in text]


def test_traceback_keeps_its_lines_and_nothing_else() -> None:
    stream = a_stream(log_format=LogFormat.CONSOLE)

    structlog.get_logger("edge").error("failed", exc_info=ValueError("a\r\x1b[2Jb"))

    text = stream.getvalue()
    assert "ValueError: a\\r\\x1b[2Jb" in text
    assert "\r" not in text
    assert "\x1b" not in text


class FullDisk(io.StringIO):
    def write(self, text: str, /) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_line_that_cannot_be_written_fails_nobody() -> None:
    target = FullDisk()
    logs = configure(TelemetrySettings(service="edge"), stream=target)

    structlog.get_logger("edge.alerts.webhooks").error("alert_refused")
    logs.prepare("edge.alerts.webhooks", "alert", "status")(503)
