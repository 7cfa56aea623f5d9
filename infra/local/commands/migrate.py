"""`fourpass migrate`: brings the database at FOURPASS_DATABASE_URL up to date, once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio

from infra.local.schema import bring_up_to_date
from infra.local.settings import DATABASE_VARIABLE, required_url

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Apply what is missing and name it."""
    del arguments
    applied = anyio.run(bring_up_to_date, required_url(environment, DATABASE_VARIABLE))
    for name in applied:
        sys.stdout.write(f"applied {name}\n")
    if not applied:
        sys.stdout.write("nothing to apply\n")
    return 0
