"""A rehearsal listens for signals as a worker does, and loses none."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

# The signal comes while the rehearsal listens: nobody there would obey it.
LISTEN = """
import os
import anyio
from worker_runtime.warming import rehearsal

turn = anyio.lowlevel.checkpoint

async def interrupted():
    await turn()
    os.kill(os.getpid(), {signum})

anyio.lowlevel.checkpoint = interrupted
anyio.run(rehearsal._stand_by, backend_options={{"use_uvloop": {uvloop}}})
print("went on")
"""


@pytest.mark.parametrize("uvloop", [False, True])
def test_who_is_told_to_stop_in_a_rehearsal_stops(*, uvloop: bool) -> None:
    script = LISTEN.format(signum=int(signal.SIGTERM), uvloop=uvloop)

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=15
    )

    assert (done.returncode, done.stdout) == (-signal.SIGTERM, ""), done.stderr
