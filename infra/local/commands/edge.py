"""`fourpass edge`, for containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.errors import NotBuiltError

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Run it until told to stop."""
    del arguments, environment
    raise NotBuiltError("`fourpass edge` is not part of this version")
