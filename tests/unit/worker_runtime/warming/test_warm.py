"""What stands before the first fork."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading

import pytest

from worker_runtime.warming.warm import freeze


def test_a_second_thread_forbids_the_fork() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with pytest.raises(RuntimeError, match="second thread"):
            freeze()
    finally:
        done.set()
        thread.join()
        gc.unfreeze()


def test_the_way_to_gate_is_there_before_the_fork_and_no_thread_came_with_it() -> None:
    script = (
        "import sys\n"
        "from worker_runtime.warming.warm import freeze, import_all\n"
        "import_all()\n"
        "freeze()\n"
        "print('broker_adapters.gateio.client' in sys.modules)\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=15
    )

    assert said.stdout == "True\n"
