"""What every line says while something is done."""

from __future__ import annotations

import io
import json
import logging

from telemetry.context import logged_with
from telemetry.logs import configure
from telemetry.settings import LogFormat, TelemetrySettings


def test_lines_say_it_for_as_long_as_it_is_done_and_their_own_word_comes_first() -> None:
    stream = io.StringIO()
    settings = TelemetrySettings(service="test", log_format=LogFormat.JSON, level=logging.INFO)
    configure(settings, stream=stream)
    log = logging.getLogger("some.library")

    with logged_with({"order_id": "1", "trace_id": "2"}):
        log.warning("first")
        log.warning("second", extra={"order_id": "3"})
    log.warning("third")

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    said = [(line.get("order_id"), line.get("trace_id")) for line in lines]
    assert said == [("1", "2"), ("3", "2"), (None, None)]
