from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from telemetry.randomness import random_64, random_digits

if TYPE_CHECKING:
    from collections.abc import Callable

WORD = 8


def drawn_by_a_child(count: int, draw: Callable[[], int] = random_64) -> list[int]:
    """Return what a forked process draws first."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writes, b"".join(draw().to_bytes(WORD, "big") for _ in range(count)))
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        return [int.from_bytes(pipe.read(WORD), "big") for _ in range(count)]


def test_bits_are_never_given_twice() -> None:
    drawn = [random_64() for _ in range(1000)]

    assert len(set(drawn)) == len(drawn)
    assert all(0 <= each < 1 << 64 for each in drawn)


def test_every_bit_is_used() -> None:
    together = 0
    for _ in range(100):
        together |= random_64()

    assert together == (1 << 64) - 1


def test_forked_process_draws_other_bits() -> None:
    random_64()

    children = [drawn_by_a_child(70) for _ in range(2)]
    ours = [random_64() for _ in range(70)]

    everything = [each for drawn in (*children, ours) for each in drawn]
    assert len(set(everything)) == len(everything)


def test_digits_are_never_given_twice() -> None:
    drawn = [random_digits() for _ in range(1000)]

    assert len(set(drawn)) == len(drawn)
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in drawn)


def test_forked_process_draws_other_digits() -> None:
    random_digits()

    children = [drawn_by_a_child(70, lambda: int(random_digits(), 16)) for _ in range(2)]
    ours = [int(random_digits(), 16) for _ in range(70)]

    everything = [each for drawn in (*children, ours) for each in drawn]
    assert len(set(everything)) == len(everything)


def test_threads_draw_other_bits_than_one_another() -> None:
    def draw(count: int) -> list[int]:
        return [random_64() for _ in range(count)]

    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(draw, [500] * 4))

    everything = [each for some in drawn for each in some]
    assert len(set(everything)) == len(everything)
