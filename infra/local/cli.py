"""The `fourpass` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command."""
    sys.stdout.write("fourpass\n")
    return 0
