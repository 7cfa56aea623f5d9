"""Says in every line of a log, for as long as something is done, what it is done about.

structlog is loaded when that is first asked for: a function's cold start does without what it
loads (see `lambda_entry`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager


def logged_with(fields: Mapping[str, str]) -> AbstractContextManager[None]:
    """Have the lines of this task, whoever writes them, say these fields; their own come first."""
    from structlog.contextvars import bound_contextvars  # noqa: PLC0415 - see above

    return bound_contextvars(**fields)
