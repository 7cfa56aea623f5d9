"""`fourpass migrate`: brings the database at FOURPASS_DATABASE_URL up to date, once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio

from infra.local.letting_in import let_in, required_logins
from infra.local.schema import bring_up_to_date
from infra.local.settings import DATABASE_VARIABLE, required_url

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Apply what is missing and name it; then let the roles log in, where that is asked for."""
    database_url = required_url(environment, DATABASE_VARIABLE)
    passwords = required_logins(environment) if arguments.logins else {}
    applied = anyio.run(bring_up_to_date, database_url)
    for name in applied:
        sys.stdout.write(f"applied {name}\n")
    if not applied:
        sys.stdout.write("nothing to apply\n")
    if passwords:
        anyio.run(let_in, database_url, passwords)
        sys.stdout.write(f"logins of {', '.join(sorted(passwords))}\n")
    return 0
