from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from telemetry.lines import MOST_KEPT
from telemetry.logs import Logs, configure
from telemetry.settings import LogFormat, TelemetrySettings

if TYPE_CHECKING:
    from telemetry.lines import PreparedLine

SOME_ID = UUID("01939b5a-0000-7000-8000-000000000001")
SECRETS = st.sampled_from(
    [
        "wh_" + "t" * 43,
        "fp_" + "k" * 43,
        "postgresql://app:hunter22@db/x",
        "Bearer abcdef123456",
        "password=hunter22!",
        '{"api_key": "hunter22!"}',
        "canary-2c9f",
    ]
)
READABLE = ("abcdef123456", "hunter22", "canary-2c9f", "t" * 43, "k" * 43)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logs_to(stream: io.StringIO, *, level: int = logging.INFO) -> Logs:
    return configure(TelemetrySettings(service="edge", level=level), stream=stream)


def write(line: PreparedLine, *values: tuple[object, ...]) -> None:
    for each in values:
        line(*each)
    line.flush()


def fields_of(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    fields: dict[str, Any] = json.loads(line)
    return fields


def test_prepared_line_is_the_line_that_structlog_writes() -> None:
    prepared, pipeline = io.StringIO(), io.StringIO()

    write(
        logs_to(prepared).prepare("edge.alerts.webhooks", "alert", "status", "code", "signal_id"),
        (202, None, SOME_ID),
    )
    logs_to(pipeline)
    structlog.get_logger("edge.alerts.webhooks").info(
        "alert", status=202, code=None, signal_id=str(SOME_ID)
    )

    lines = [fields_of(stream) for stream in (prepared, pipeline)]
    assert [line.pop("timestamp")[-1] for line in lines] == ["Z", "Z"]
    assert lines[0] == lines[1]


def test_prepared_line_on_a_terminal_is_readable() -> None:
    stream = Terminal()

    write(logs_to(stream).prepare("edge.alerts.webhooks", "alert", "signal_id"), (SOME_ID,))

    assert str(SOME_ID) in stream.getvalue()
    assert not stream.getvalue().startswith("{")
    assert "UUID" not in stream.getvalue()


def test_prepared_line_in_the_console_form_is_the_pipelines() -> None:
    streams = [io.StringIO(), io.StringIO()]
    settings = TelemetrySettings(service="edge", log_format=LogFormat.CONSOLE)

    logs = configure(settings, stream=streams[0])
    write(logs.prepare("edge.alerts.webhooks", "alert", "id"), (SOME_ID,))
    configure(settings, stream=streams[1])
    structlog.get_logger("edge.alerts.webhooks").info("alert", id=str(SOME_ID))

    without_time = [stream.getvalue().split(" ", 1)[1] for stream in streams]
    assert without_time[0] == without_time[1]


@given(secret=SECRETS, before=st.text(max_size=10), nested=st.booleans())
def test_no_value_brings_a_secret_into_a_prepared_line(
    secret: str, before: str, *, nested: bool
) -> None:
    stream = io.StringIO()
    logs = logs_to(stream)
    logs.redactor.hide("canary-2c9f")
    text = f"{before} {secret}"

    line = logs.prepare("edge.alerts.webhooks", "alert", "status", "code")
    write(line, (202, [text] if nested else text))

    assert not any(word in stream.getvalue() for word in READABLE)


def test_hidden_value_is_masked_whatever_its_type() -> None:
    stream = io.StringIO()
    logs = logs_to(stream)
    logs.redactor.hide(str(SOME_ID))

    write(logs.prepare("edge.alerts.webhooks", "alert", "signal_id"), (SOME_ID,))

    assert fields_of(stream)["signal_id"] == "***"


def test_line_is_not_prepared_with_the_name_of_a_secret() -> None:
    logs = logs_to(io.StringIO())

    with pytest.raises(ValueError, match="webhook_token"):
        logs.prepare("edge.alerts.webhooks", "alert", "webhook_token")


def test_prepared_line_that_is_too_unimportant_is_not_written() -> None:
    stream = io.StringIO()

    line = logs_to(stream, level=logging.WARNING).prepare("edge.alerts.webhooks", "alert", "status")
    write(line, (202,))

    assert not stream.getvalue()


def test_value_without_a_name_is_a_fault() -> None:
    line = logs_to(io.StringIO()).prepare("edge.alerts.webhooks", "alert", "status")

    with pytest.raises(ValueError, match="2 values for 1 names"):
        line(202, "accepted")


class Writes(io.StringIO):
    """A stream that counts how often it is written to."""

    count = 0

    def write(self, text: str) -> int:
        self.count += 1
        return super().write(text)


def test_many_lines_are_one_write() -> None:
    stream = Writes()

    write(logs_to(stream).prepare("edge.alerts.webhooks", "alert", "status"), (202,), (200,))

    said = [json.loads(line)["status"] for line in stream.getvalue().splitlines()]
    assert (said, stream.count) == ([202, 200], 1)


def test_line_tells_when_it_was_kept() -> None:
    stream = io.StringIO()
    line = logs_to(stream).prepare("edge.alerts.webhooks", "alert", "status")

    line(202)
    after = datetime.now(UTC)
    line.flush()

    assert datetime.fromisoformat(fields_of(stream)["timestamp"]) <= after


def test_what_is_written_is_kept_no_longer() -> None:
    stream = io.StringIO()
    line = logs_to(stream).prepare("edge.alerts.webhooks", "alert", "status")

    write(line, (202,))
    line.flush()

    assert fields_of(stream)["status"] == 202


def test_no_more_than_so_many_are_kept() -> None:
    stream = io.StringIO()
    line = logs_to(stream).prepare("edge.alerts.webhooks", "alert", "status")

    for _ in range(MOST_KEPT + 1):
        line(202)

    assert len(stream.getvalue().splitlines()) == MOST_KEPT
