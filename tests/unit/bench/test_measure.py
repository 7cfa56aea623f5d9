from __future__ import annotations

import gc
import os
import subprocess
import sys
from time import process_time

from bench.measure import cpu_seconds, medians, percentile, private_mib, tree_cpu_seconds

_TICK = 0.02
_MIB = 1024 * 1024
BUSY = """
from time import process_time
while process_time() < 0.15: pass
"""


def burn(seconds: float) -> None:
    until = process_time() + seconds
    while process_time() < until:
        pass


def test_cpu_time_of_a_process_is_what_it_used() -> None:
    before, began = cpu_seconds(os.getpid()), process_time()
    burn(0.05)
    used, counted = process_time() - began, cpu_seconds(os.getpid()) - before

    assert abs(counted - used) < _TICK


def test_memory_that_only_a_process_has_grows_by_what_it_fills() -> None:
    # Whatever else this process frees or takes meanwhile is small beside it.
    gc.collect()
    before = private_mib(os.getpid())
    filled = bytearray(b"x") * (64 * _MIB)
    after = private_mib(os.getpid())

    assert 56 < after - before < 72
    assert len(filled) == 64 * _MIB


def test_percentile_is_a_value_of_the_sample_by_nearest_rank() -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 50, 99, 100]


def test_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.99) == 7.0


def test_medians_are_taken_figure_by_figure() -> None:
    rounds = [{"a": 1.0, "b": 9.0}, {"a": 3.0, "b": 7.0}, {"a": 2.0, "b": 8.0}]

    assert medians(rounds) == {"a": 2.0, "b": 8.0}


def test_tree_counts_children_that_live_and_children_that_ended() -> None:
    def spent() -> float:
        return tree_cpu_seconds(os.getpid())

    before = spent()
    subprocess.run([sys.executable, "-S", "-c", BUSY], check=True)
    ended = spent() - before
    with subprocess.Popen(
        [sys.executable, "-S", "-c", BUSY + "print(flush=True)\ninput()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        lives = spent() - before - ended
        child.communicate(b"\n")

    assert min(ended, lives) >= 0.1


def test_tree_of_a_process_that_is_gone_has_used_nothing() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as child:
        pass

    assert tree_cpu_seconds(child.pid) == 0.0
