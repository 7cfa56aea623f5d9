"""`fourpass control-plane`, for containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.errors import NotBuiltError

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Say where the control queues are served."""
    del arguments, environment
    raise NotBuiltError("the worker host serves the control queues: run `fourpass worker`")
