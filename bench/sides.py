"""Designs that do the same work beside each other, loaded alike and read alike.

Whatever its design, a side takes alerts over HTTP, answers 202 with an order's id, and writes down
when its worker went to the broker's door and when it had the answer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from bench.load import connections, saturate, send_at_rate
from bench.measure import percentile, tree_cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.load import Answer
    from bench.measure import Figures
    from bench.processes import Running

    Observer = asyncpg.Connection[asyncpg.Record]


# Looking costs the database what it is measured by.
_LOOK = 0.2


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask the record of a side.

    Attributes:
        called: id and `at` of the broker's call of each order of $1.
        done: How many orders have their answer, and when the last one had it.
        empty: Takes all orders away.
    """

    called: str
    done: str
    empty: str


class Side(NamedTuple):
    """A design at work: its edge, process ids of workers and database, who sends to it.

    Connections are new whenever it is loaded: while others have their turn, a server may hang up.
    """

    edge: Running
    workers: tuple[int, ...]
    database: int
    port: int
    connections: int
    make: Callable[[], bytes]
    books: Books
    observer: Observer


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts sent at a rate.

    Attributes:
        due: When the alert of each order was due.
        to_answer: Seconds from when an alert was due to its 202.
        began: When the first one was due, on the wall's clock.
        last_answer: When the last 202 came.
    """

    due: dict[UUID, datetime]
    to_answer: list[float]
    began: datetime
    last_answer: datetime


class _Reply(msgspec.Struct, frozen=True):
    orders: tuple[UUID | _Order, ...]


class _Order(msgspec.Struct, frozen=True):
    id: UUID


_ORDER = msgspec.json.Decoder(_Reply)


async def send(side: Side, *, per_second: float, total: int) -> Sent:
    """Send alerts in an open loop; return when each was due and answered."""
    due: dict[UUID, datetime] = {}
    to_answer: list[float] = []
    wall = datetime.now(UTC) - timedelta(seconds=perf_counter())
    last = wall

    def take(was_due: float, answered: float, answer: Answer) -> None:
        nonlocal last
        due[_order_of(answer)] = wall + timedelta(seconds=was_due)
        to_answer.append(answered - was_due)
        last = max(last, wall + timedelta(seconds=answered))

    async with connections(side.port, side.connections) as opened:
        await send_at_rate(opened, side.make, per_second=per_second, total=total, on_answer=take)
    return Sent(due=due, to_answer=to_answer, began=min(due.values()), last_answer=last)


async def calls(side: Side, sent: Sent, *, expected: int) -> dict[UUID, datetime]:
    """Wait until so many of these orders are executed; return when each went to the broker."""
    called: dict[UUID, datetime] = {}

    async def are_called() -> bool:
        for row in await side.observer.fetch(side.books.called, list(sent.due)):
            called[UUID(int=row["id"].int)] = row["at"]
        return len(called) >= expected

    await side.edge.until(are_called)
    return called


async def clear(observer: Observer, books: Books) -> None:
    """Take all orders away; who reads meanwhile, as an observer does, may be in the way once."""
    while True:
        try:
            await observer.execute(books.empty)
        except asyncpg.DeadlockDetectedError:
            continue
        return


async def at_rate(side: Side, *, per_second: float, total: int) -> Figures:
    """Send at a rate; return the way's percentiles, and CPU an order at that rate."""
    before = _cpu(side)
    sent = await send(side, per_second=per_second, total=total)
    called = await calls(side, sent, expected=total)
    spent = _spent(side, before, total)
    to_call = [(called[order] - due).total_seconds() for order, due in sent.due.items()]
    await clear(side.observer, side.books)
    return {
        "alert_to_202_p50_ms": percentile(sent.to_answer, 0.5) * 1e3,
        "alert_to_202_p99_ms": percentile(sent.to_answer, 0.99) * 1e3,
        "alert_to_call_p50_ms": percentile(to_call, 0.5) * 1e3,
        "alert_to_call_p99_ms": percentile(to_call, 0.99) * 1e3,
        **{f"{figure}_at_rate": value for figure, value in spent.items()},
    }


async def saturated(side: Side, *, total: int) -> Figures:
    """Send as fast as is answered, and wait until all is executed."""
    async with connections(side.port, side.connections) as opened:
        before, began = _cpu(side), datetime.now(UTC)
        seconds = await saturate(opened, side.make, total=total)
    last = began

    async def are_done() -> bool:
        nonlocal last
        row = await side.observer.fetchrow(side.books.done)
        if row is None or row["count"] < total:
            return False
        last = row["last"]
        return True

    await side.edge.until(are_done, every=_LOOK)
    spent = _spent(side, before, total)
    await clear(side.observer, side.books)
    return {
        "accepted_per_second": total / seconds,
        "executed_per_second": total / (last - began).total_seconds(),
        **spent,
    }


def _cpu(side: Side) -> dict[str, float]:
    return {
        "edge_cpu_us": tree_cpu_seconds(side.edge.pid),
        "worker_cpu_us": sum(tree_cpu_seconds(pid) for pid in side.workers),
        "database_cpu_us": tree_cpu_seconds(side.database),
    }


def _spent(side: Side, before: Mapping[str, float], total: int) -> dict[str, float]:
    """Return microseconds of CPU an order: of edge, workers, PostgreSQL, and all of them."""
    spent = {name: (now - before[name]) / total * 1e6 for name, now in _cpu(side).items()}
    return {**spent, "whole_cpu_us": sum(spent.values())}


def _order_of(answer: Answer) -> UUID:
    order = _ORDER.decode(answer.body).orders[0]
    return order if isinstance(order, UUID) else order.id
