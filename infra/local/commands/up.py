"""`fourpass up`: the whole local profile in the foreground."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import anyio

from infra.local.settings import Choices, read_settings
from infra.local.stack import run as run_stack
from telemetry.logs import configure
from telemetry.settings import FORMAT_VARIABLE, LogFormat
from telemetry.settings import read_settings as read_telemetry

if TYPE_CHECKING:
    from argparse import Namespace
    from types import FrameType


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Run until told to stop."""
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, leave)
    choices = Choices(
        port=arguments.port,
        data_dir=arguments.data_dir,
        with_demo=not arguments.no_demo,
        with_doubles=arguments.with_doubles,
        queues=arguments.queues,
    )
    settings = read_settings(environment, choices)
    telemetry = read_telemetry("up", environment)
    configure(telemetry)
    if telemetry.log_format is LogFormat.AUTO and sys.stderr.isatty():
        environment[FORMAT_VARIABLE] = LogFormat.CONSOLE
    anyio.run(lambda: run_stack(settings, environment, on_ready=welcome))
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)
    return 0


def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Stop before anything was started: nothing has to be ended."""
    sys.exit(0)


def welcome(text: str) -> None:
    """Say that everything is ready."""
    sys.stdout.write(text)
    sys.stdout.flush()
