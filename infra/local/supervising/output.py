"""What parts say, passed on to the person or the log collector who reads our standard error."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from infra.local.supervising.parts import Command

_ALARMING = re.compile(r"\b(?:ERROR|FATAL|PANIC|Fatal)\b")

log: structlog.stdlib.BoundLogger = structlog.get_logger("parts")


def pass_on(command: Command, line: str) -> None:
    """Show a line of our own processes as it is, a foreign one where it sounds alarming."""
    if not command.is_ours:
        tell = log.warning if _ALARMING.search(line) else log.debug
        tell("part_said", part=command.name, line=line)
    elif line.startswith("{"):
        sys.stderr.write(f"{line}\n")
    else:
        sys.stderr.write(f"{command.name:>12} | {line}\n")
