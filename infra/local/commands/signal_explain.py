"""`fourpass signal explain`: what an alert body would mean, without any server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.errors import NotBuiltError

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Print the explanation as JSON; 0 if the body is understood, else 1."""
    del arguments, environment
    raise NotBuiltError("this version cannot explain signals")
