"""`fourpass control-plane`: one control plane, told by its environment."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from infra.local.control.control_plane import main

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Serve until told to stop; it says when it serves, however little it logs otherwise."""
    del arguments
    logging.getLogger("infra.local.control.control_plane").setLevel(logging.INFO)
    return main(environment)
