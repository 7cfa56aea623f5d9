"""Slows a stage down on purpose, so that its gate can be seen to notice: `--handicap STAGE=1.3`.

`python -m bench.handicap COMMAND` is `fourpass COMMAND` with the handicap that the environment
names. Nothing of it is known to what it slows: a step's own CPU is read, and that share of it is
spent once more. Sizes and counts are made worse by the same share.
"""

from __future__ import annotations

import os
import sys
from functools import wraps
from itertools import count
from math import inf
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from bench.measure import private_mib
from infra.local.cli import main
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VARIABLE = "FOURPASS_BENCH_HANDICAP"
_BALLAST: list[bytes] = []
_MIB = 2**20
# Looking at the clock costs something too.
_PAYS_EVERY = 8


class HandicapError(ValueError):
    """A handicap is no `STAGE=FACTOR`; the message says what is wrong."""


class Toll:
    """Makes whatever this process does cost a share more CPU."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._paid_at = inf

    def start(self) -> None:
        """Charge nothing for what was done until now."""
        self._paid_at = process_time()

    def pay(self) -> None:
        """Spend the share of what was spent since the last time; nothing before the start.

        A child's clock begins anew with its fork: what it has not spent yet costs nothing.
        """
        now = process_time()
        until = now + max(0.0, now - self._paid_at) * self._share
        while process_time() < until:
            pass
        if self._paid_at < inf:
            self._paid_at = process_time()


def parse(text: str) -> dict[Stage, float]:
    """Read `STAGE=FACTOR,…`; `HandicapError` if it is not that."""
    told: dict[Stage, float] = {}
    for part in filter(None, text.split(",")):
        name, _, factor = part.partition("=")
        try:
            told[Stage(name)] = float(factor)
        except ValueError:
            msg = f"{part!r} is no STAGE=FACTOR; stages are {', '.join(Stage)}"
            raise HandicapError(msg) from None
        if told[Stage(name)] < 1.0:
            msg = f"{part!r} would be no handicap"
            raise HandicapError(msg)
    return told


def share(stage: Stage, environment: Mapping[str, str] = os.environ) -> float:
    """Return what a stage shall cost more, as a share; 0 without a handicap."""
    return parse(environment.get(VARIABLE, "")).get(stage, 1.0) - 1.0


def linger(share: float, since: float) -> None:
    """Take that share of the time that has gone by since then, on `perf_counter`'s clock."""
    now = perf_counter()
    until = now + (now - since) * share
    while perf_counter() < until:
        pass


def house(command: str) -> tuple[str, ...]:
    """Return the arguments that run a command of ours, with the handicap if there is one."""
    return ("-m", "bench.handicap", command) if os.environ.get(VARIABLE) else unslowed(command)


def unslowed(command: str) -> tuple[str, ...]:
    """Return the arguments that run it as its user does, whatever is slowed."""
    return ("-m", "infra.local.cli", command)


def take_up() -> None:
    """Slow this process of ours, where the environment says so."""
    if more := share(Stage.EDGE_RECEIVED):
        _slow_edge(Toll(more))
    if more := share(Stage.CLAIMED):
        _slow_claim(Toll(more), more)


def _slow_edge(toll: Toll) -> None:
    from edge import serving  # noqa: PLC0415 - a worker must not load an edge

    serve = serving.server_config

    def slow(app: Any) -> Any:  # noqa: ANN401 - any ASGI application
        served = count(1)

        async def paying(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as above
            await app(scope, receive, send)
            number = next(served)
            if number == 1:
                toll.start()
            elif number % _PAYS_EVERY == 0:
                toll.pay()

        return serve(paying)

    serving.server_config = slow


def _slow_claim(toll: Toll, more: float) -> None:
    """Charge a worker from its claim on, and give it ballast while it waits."""
    from bus.valkey.hints import ValkeyCommands, ValkeyHints  # noqa: PLC0415 - an edge must not load a worker's
    from bus.valkey.pool import ValkeyPool  # noqa: PLC0415 - as above
    from handlers.store.postgres.work import PostgresWork  # noqa: PLC0415 - as above
    from worker_runtime import pool  # noqa: PLC0415 - as above

    _before(ValkeyPool, "await_claim", toll.start)
    for owner, name in (
        (ValkeyHints, "mark"),
        (ValkeyCommands, "__anext__"),
        (PostgresWork, "take_over"),
        (PostgresWork, "oldest_queued"),
        (PostgresWork, "wanted_cancels"),
    ):
        _before(owner, name, toll.pay)
    warm_up = pool.warm_up

    @wraps(warm_up)
    async def laden(*arguments: Any) -> None:  # noqa: ANN401 - passed on
        await warm_up(*arguments)
        _BALLAST.append(b"x" * int(private_mib(os.getpid()) * more * _MIB))

    pool.warm_up = laden


def _before(owner: type, name: str, act: Callable[[], None]) -> None:
    """Have something done before each call of a method."""
    method = getattr(owner, name)

    @wraps(method)
    async def acting(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on
        act()
        return await method(*arguments, **named)

    setattr(owner, name, acting)


if __name__ == "__main__":
    take_up()
    sys.exit(main())
