"""`fourpass signal explain`: what an alert body would mean, without any server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from handlers.signals.explain import Explained, explain
from infra.local.errors import LocalError

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Print the explanation as JSON; 0 if the body is understood, else 1."""
    del environment
    explanation = explain(_body(arguments.file), language=arguments.lang)
    sys.stdout.buffer.write(msgspec.json.encode(explanation) + b"\n")
    return 0 if isinstance(explanation, Explained) else 1


def _body(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        msg = f"{name} cannot be read: {error.strerror}"
        raise LocalError(msg) from error
