"""An order at Gate: our adapter against the official client, in turns, at the same double."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from subprocess import PIPE
from typing import TYPE_CHECKING

import anyio
import msgspec
from anyio.streams.buffered import BufferedByteReceiveStream

from bench.peers.gate_orders import Took

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from anyio.abc import Process

    from bench.measure import Figures, Round

# Of short turns the least CPU is what the work takes; the rest is what others did to the caches.
_TURNS = 10
_TIMES = 30
_WARM = 30
_LINE = 4096
_KEY, _SECRET = "bench-key", "bench-secret"
_DOUBLE = ("infra.local.doubles.gateio", "--no-limits", "--key", _KEY, "--secret", _SECRET)


class Spoken:
    """A process that answers a line with a line."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise TypeError("the process has no pipes")
        self._stdin = process.stdin
        self._stdout = BufferedByteReceiveStream(process.stdout)

    async def line(self) -> bytes:
        """Return what it says next."""
        return await self._stdout.receive_until(b"\n", _LINE)

    async def place(self, times: int) -> Took:
        """Have it place orders."""
        await self._stdin.send(f"{times}\n".encode())
        return msgspec.json.decode(await self.line(), type=Took)


@asynccontextmanager
async def gate() -> AsyncGenerator[Round]:
    """Measure CPU, time and memory of placing an order, of both clients in turns."""
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(_speaking(*_DOUBLE))
        address = msgspec.json.decode(await double.line(), type=dict[str, str])["address"]
        ours, official = [
            await stack.enter_async_context(
                _speaking("bench.peers.gate_orders", client, address, _KEY, _SECRET)
            )
            for client in ("ours", "official")
        ]
        for client in (ours, official):
            await client.place(_WARM)

        async def take_round() -> Figures:
            mine: list[Took] = []
            theirs: list[Took] = []
            for _ in range(_TURNS):
                mine.append(await ours.place(_TIMES))
                theirs.append(await official.place(_TIMES))
            return _figures(mine, theirs)

        yield take_round


def _figures(mine: Sequence[Took], theirs: Sequence[Took]) -> Figures:
    ours, official = _of_turns(mine), _of_turns(theirs)
    return {
        **ours,
        **{f"official_{figure}": value for figure, value in official.items()},
        "cpu_over_official": ours["cpu_us"] / official["cpu_us"],
    }


def _of_turns(turns: Sequence[Took]) -> dict[str, float]:
    return {
        "cpu_us": min(turn.cpu_us for turn in turns),
        "p50_us": median(turn.p50_us for turn in turns),
        "p99_us": median(turn.p99_us for turn in turns),
        "private_mib": turns[-1].private_mib,
    }


@asynccontextmanager
async def _speaking(*arguments: str) -> AsyncGenerator[Spoken]:
    command = [sys.executable, "-m", *arguments]
    process = await anyio.open_process(command, stdin=PIPE, stdout=PIPE, stderr=None)
    try:
        yield Spoken(process)
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                process.terminate()
            await process.aclose()
