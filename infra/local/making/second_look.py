"""A few tests that failed beside others run once more, alone: what is broken fails there too.

Four processes with servers of their own share the cores, and a test that waits for one of them may
wait too long for reasons that are not in the code. What failed and then passed is named on the
summary's last line: whoever sees a name there twice has found a test, or a race, to mend.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 3
"""More at once is no bad luck."""
NEVER = ("tests/simulation/", "tests/proofs/", "tests/structure/")
"""Where time is virtual, or a failure is a fault that was found: nothing there is bad luck."""

_BAD = re.compile(r"^(?:FAILED|ERROR) (tests/.+?)(?: - .*)?$")


def bad_test(line: str) -> str | None:
    """Return the test that a line of pytest's short summary calls failed."""
    found = _BAD.match(line.rstrip())
    return found[1] if found else None


def is_due(bad: Sequence[str]) -> bool:
    """Say whether these failures may have been bad luck."""
    return 0 < len(bad) <= MOST and not any(test.startswith(NEVER) for test in bad)


def again(command: Sequence[str]) -> tuple[str, ...]:
    """Return the run of what failed last in a run, one after the other in one process."""
    alone = list(command)
    spread = alone.index("-n")
    del alone[spread : spread + 4]
    options = ("--last-failed", "--last-failed-no-failures", "none")
    return (*alone[:-1], *options, alone[-1])
