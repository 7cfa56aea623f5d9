"""Runs cases: rounds of one, or of one beside its slowed self."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import anyio

from bench.handicap import VARIABLE
from bench.measure import medians
from bench.report import say

if TYPE_CHECKING:
    from collections.abc import Generator

    from bench.measure import Case, Figures

# What loads and what is loaded share the machine: the loop that costs least leaves most.
_LOOP: dict[str, Any] = {"backend": "asyncio", "backend_options": {"use_uvloop": True}}


def run(name: str, case: Case, *, rounds: int) -> dict[str, float]:
    """Return the medians of a case's figures, under its name."""
    began = monotonic()
    taken = anyio.run(_rounds_of, case, rounds, **_LOOP)
    say(f"{name}: {rounds} rounds, {monotonic() - began:.0f} s")
    return _named(name, taken)


def run_slowed(
    name: str, case: Case, *, rounds: int, handicap: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the figures of a case and of its slowed self, their rounds taken in turns."""
    began = monotonic()
    plain, slowed = anyio.run(_rounds_in_turns, case, rounds, handicap, **_LOOP)
    say(f"{name}, {handicap}: {rounds} rounds of both, {monotonic() - began:.0f} s")
    return _named(name, plain), _named(name, slowed)


@contextmanager
def handicapped(handicap: str) -> Generator[None]:
    """Have whatever is opened in the meantime be slowed."""
    before = os.environ.get(VARIABLE, "")
    os.environ[VARIABLE] = handicap
    try:
        yield
    finally:
        os.environ[VARIABLE] = before


async def _rounds_of(case: Case, rounds: int) -> list[Figures]:
    async with case() as take_round:
        return [await take_round() for _ in range(rounds)]


async def _rounds_in_turns(
    case: Case, rounds: int, handicap: str
) -> tuple[list[Figures], list[Figures]]:
    async with AsyncExitStack() as stack:
        take_plain = await stack.enter_async_context(case())
        with handicapped(handicap):
            take_slowed = await stack.enter_async_context(case())
        plain: list[Figures] = []
        slowed: list[Figures] = []
        for _ in range(rounds):
            plain.append(await take_plain())
            slowed.append(await take_slowed())
        return plain, slowed


def _named(name: str, rounds: list[Figures]) -> dict[str, float]:
    return {f"{name}.{figure}": value for figure, value in medians(rounds).items()}
