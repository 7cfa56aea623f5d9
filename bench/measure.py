"""How things are measured: CPU of processes, percentiles, medians over interleaved rounds."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

Figures = Mapping[str, float]

_DOCUMENT = (
    b'{"ticker":"BTCUSDT","action":"buy","sentiment":"long","quantity":"0.05",'
    b'"price":"64250.1","interval":"15","id":"alert 123456"}'
)
_TICKS = os.sysconf("SC_CLK_TCK")


class Round(Protocol):
    """Takes one round of figures; every round measures all that is compared, one after another."""

    async def __call__(self) -> Figures:
        """Return figures by name; ratios are taken within the round."""
        ...


class Case(Protocol):
    """One thing worth knowing. What it needs is opened once, outside of what is measured."""

    def __call__(self) -> AbstractAsyncContextManager[Round]:
        """Open what the rounds need."""
        ...


def cpu_seconds(pid: int) -> float:
    """Return user plus system time of one process, in seconds.

    To the nanosecond, from the threads that run; to the tick where the kernel keeps no such count.
    """
    threads = Path(f"/proc/{pid}/task")
    try:
        return sum(_thread_ns(thread) for thread in threads.iterdir()) / 1e9
    except FileNotFoundError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def tree_cpu_seconds(pid: int) -> float:
    """Return the same of a process and of all that it forked, and they, those that ended too."""
    used = 0.0
    for each in _tree(pid):
        # Whoever ends in the middle of this is counted by who forked it the next time.
        with suppress(FileNotFoundError, ProcessLookupError):
            used += cpu_seconds(each) + _reaped_seconds(each)
    return used


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        with suppress(FileNotFoundError, ProcessLookupError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def _reaped_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / _TICKS


def _thread_ns(thread: Path) -> int:
    return int((thread / "schedstat").read_text().split()[0])


def loads_cpu_seconds(times: int) -> float:
    """Return the CPU time of this much fixed work: `json.loads` of the usual alert, so often.

    What it is measured in moves with the machine, as what is measured does, and with nothing of
    ours.
    """
    began = process_time()
    for _ in range(times):
        json.loads(_DOCUMENT)
    return process_time() - began


def private_mib(pid: int) -> float:
    """Return the memory only this process has, in MiB (the USS of smaps_rollup)."""
    kib = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(("Private_Clean:", "Private_Dirty:")):
            kib += int(line.split()[1])
    return kib / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the sample lies at or below (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def medians(rounds: Sequence[Figures]) -> dict[str, float]:
    """Return the median of each figure over the rounds."""
    names = [name for name in rounds[0] if all(name in figures for figures in rounds)]
    return {name: median(figures[name] for figures in rounds) for name in names}
