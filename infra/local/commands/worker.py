"""`fourpass worker`: one worker host, or the one worker that its environment names."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from worker_runtime.hosting.host import main

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Work until told to stop; a host says when it serves, however little it logs otherwise."""
    del arguments, environment
    logging.getLogger("worker_runtime.hosting.host").setLevel(logging.INFO)
    return main()
