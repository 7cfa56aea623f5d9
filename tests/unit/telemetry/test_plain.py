"""What is logged without structlog is what would be logged with it."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from telemetry.context import logged_with
from telemetry.logs import configure
from telemetry.plain import configure_plain
from telemetry.settings import LogFormat, TelemetrySettings

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = TelemetrySettings(service="lambda")


def line_of(say: Callable[[], None], *, plain: bool, settings: TelemetrySettings) -> dict[str, Any]:
    stream = io.StringIO()
    if plain:
        configure_plain(settings, stream=stream)
    else:
        configure(settings, stream=stream)
    say()
    line, end = stream.getvalue().split("\n")
    assert not end
    parsed: dict[str, Any] = json.loads(line)
    assert parsed.pop("timestamp").endswith("Z")
    return parsed


def say_simply() -> None:
    logging.getLogger("lambda_entry").warning("control_message_failed")


def say_with_fields() -> None:
    told = {"order_id": "o-1", "attempt": 2, "why": "at postgresql://app:hunter22@db/x"}
    logging.getLogger("handlers").info("order_verified", extra=told)


def say_with_arguments() -> None:
    logging.getLogger("asyncpg").error("bad header %s", "Bearer abcdef123456")


def say_in_a_context() -> None:
    with logged_with({"order_id": "o-1", "user_id": "u-1"}):
        logging.getLogger("handlers").error("it_failed", extra={"order_id": "its own"})


def say_with_a_secret() -> None:
    logging.getLogger("handlers").error("signed", extra={"api_key": "canary-2c9f"})


def say_what_forges_a_line() -> None:
    logging.getLogger("handlers").error("x\r\n2026-11-29T00:00:00Z order placed\x1b[2J\u2028")


def say_with_a_traceback() -> None:
    try:
        int("postgresql://app:hunter22@db/x")
    except ValueError:
        logging.getLogger("handlers").exception("it_failed", extra={"order_id": "o-1"})


@pytest.mark.parametrize(
    "say",
    [say_simply, say_with_fields, say_with_arguments, say_in_a_context, say_with_a_secret,
     say_what_forges_a_line, say_with_a_traceback],
)  # fmt: skip
def test_a_line_is_the_same_without_structlog(say: Callable[[], None]) -> None:
    plain = line_of(say, plain=True, settings=SETTINGS)

    assert plain == line_of(say, plain=False, settings=SETTINGS)
    assert plain["service"] == "lambda"
    assert not [word for word in ("hunter22", "abcdef123456", "canary") if word in str(plain)]


def test_it_is_json_whatever_was_asked_for() -> None:
    settings = TelemetrySettings(service="lambda", log_format=LogFormat.CONSOLE)

    assert line_of(say_simply, plain=True, settings=settings)["event"] == "control_message_failed"


def test_what_is_less_important_is_not_shown() -> None:
    stream = io.StringIO()
    configure_plain(SETTINGS, stream=stream)

    logging.getLogger("handlers").debug("detail")
    logging.getLogger("asyncio").info("detail")

    assert not stream.getvalue()
