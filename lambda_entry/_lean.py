"""Imported before whatever logs: keeps out of a function what structlog loads where it finds it.

A function has no terminal on which `rich` could print a traceback, and loading it is a fifth of a
cold start.
"""

from __future__ import annotations

import sys

_LEFT_OUT = "rich"

if _LEFT_OUT not in sys.modules:
    # How the import system is told that there is no such module.
    sys.modules[_LEFT_OUT] = None  # pyright: ignore[reportArgumentType] - see above
    import structlog  # noqa: F401 # pyright: ignore[reportUnusedImport] - loaded without it

    del sys.modules[_LEFT_OUT]
