"""`fourpass observer`: traces and metrics from the record, told by its environment."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from infra.local.observing.observer import main

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Observe until told to stop; it says when it does, however little it logs otherwise."""
    del arguments
    logging.getLogger("infra.local.observing.observer").setLevel(logging.INFO)
    return main(environment)
