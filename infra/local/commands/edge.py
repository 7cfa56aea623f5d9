"""`fourpass edge`: one edge process, told by its environment."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.app import main

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Serve until told to stop; it says when it serves, however little it logs otherwise."""
    del arguments, environment
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    return main()
