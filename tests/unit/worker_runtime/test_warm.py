"""What stands before the first fork."""

from __future__ import annotations

import gc
import threading

import pytest

from worker_runtime.warm import freeze


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
