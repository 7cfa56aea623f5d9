"""Code that workers run is laid together before the fork, and does what it did."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from resource import RLIMIT_AS, setrlimit
from typing import TYPE_CHECKING
from weakref import ref

import pytest

from worker_runtime.warming.gathering import gather, watched

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY_BYTES = 1 << 29
# In an interpreter of its own: what lies where is the whole of it, and what is kept stays.
LAY = """
from worker_runtime.warming.gathering import gather

def pages(functions):
    return len({id(each.__code__) // 4096 for each in functions})

made = {}
for number in range(4000):
    exec(f"def f{number}(a, b=({number}, 'x')): return [a, b, {number}.5]", made)
functions = [made[f"f{number}"] for number in range(0, 4000, 20)]
for number in range(10, 4000, 20):
    del made[f"f{number}"]
before = pages(functions)
gather([each.__code__ for each in functions])
print(before, pages(functions))
"""


def outer(start: int) -> Callable[[int], int]:
    def inner(more: int) -> int:
        return start + more

    return inner


def bystander() -> int:
    return 1


class Desk:
    def answer(self, *, by: int = 2) -> int:
        return sum(each * by for each in (1, 2, 3))


def test_what_is_wanted_lies_together_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAY], capture_output=True, text=True, check=True, timeout=15
    )

    before, after = map(int, done.stdout.split())
    assert before > 100
    assert after < before / 5


@pytest.mark.parametrize("allocator", ["malloc", "pymalloc_debug"])
def test_where_memory_is_laid_otherwise_it_ends_too(allocator: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAY], capture_output=True, text=True, check=False, timeout=15,
        env={**os.environ, "PYTHONMALLOC": allocator},
        preexec_fn=lambda: setrlimit(RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_the_copies_do_the_same() -> None:
    made = outer(3)
    watch = partial(Desk().answer, by=4)
    before = (Desk.answer.__code__, outer.__code__)

    with watched() as run:
        watch()
        made(4)
    gather(run)

    assert (made(4), outer(5)(6), watch(), Desk().answer()) == (7, 11, 24, 12)
    assert (Desk.answer.__code__, outer.__code__) == before
    assert Desk.answer.__code__ is not before[0]
    assert outer.__code__ is not before[1]


def test_originals_are_kept_since_they_would_leave_holes() -> None:
    original = ref(outer.__code__)

    gather([outer.__code__])

    assert outer.__code__ is not original()
    assert original() is not None


def test_functions_of_one_code_still_share_it() -> None:
    first, second = outer(1), outer(2)

    gather([first.__code__])

    assert first.__code__ is second.__code__
    assert outer(3).__code__ is first.__code__


def test_what_nobody_ran_stays_where_it_is() -> None:
    before = bystander.__code__

    with watched() as run:
        Desk().answer()
    gather(run)

    assert bystander.__code__ is before


def test_only_what_runs_while_it_is_watched_is_seen() -> None:
    with watched() as run:
        bystander()
    Desk().answer()

    assert bystander.__code__ in run
    assert Desk.answer.__code__ not in run
