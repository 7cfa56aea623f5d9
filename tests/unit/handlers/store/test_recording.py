"""Batches: what arrived while the last commit ran."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import SignalId, StrategyId, UserId
from handlers.errors import RecordRefusedError, StoreUnavailableError
from handlers.records.alerts import Dedupe, NewSignal, Recorded, SignalOutcome
from handlers.store.postgres.recording import BATCH_MAX, FLIGHTS, Recorder
from tests.builders import START

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from handlers.store.postgres.recording import Answer

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def a_signal(body: str = "", *, user: UserId | None = None, key: bytes = b"") -> NewSignal:
    return NewSignal(
        id=SignalId(uuid7()),
        strategy_id=StrategyId(user or uuid7()),
        user_id=user or UserId(uuid7()),
        dialect=None,
        body=body,
        signal=None,
        outcome=SignalOutcome.ACCEPTED,
        dedupe=Dedupe(hash=key or uuid7().bytes, window=None),
        received_at=START,
        trace_id="",
        traceparent="",
    )


class Sink:
    """Takes batches; holds them back until `open` is set, refuses or fails what it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.refuses = ""
        self.fails: Exception | None = None

    async def run(self, batch: Sequence[str]) -> list[Recorded]:
        signals = [msgspec.json.decode(encoded) for encoded in batch]
        self.batches.append([signal["body"] for signal in signals])
        await self.open.wait()
        if self.fails is not None:
            raise self.fails
        if self.refuses and self.refuses in self.batches[-1]:
            raise RecordRefusedError
        return [Recorded(signal_id=SignalId(signal["id"])) for signal in signals]


@asynccontextmanager
async def flying(sink: Sink, *, deadline_s: float = 5) -> AsyncGenerator[Recorder]:
    recorder = Recorder(sink.run, deadline_s=deadline_s)
    flights = [asyncio.create_task(recorder.fly()) for _ in range(FLIGHTS)]
    try:
        yield recorder
    finally:
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)


async def settle_down() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_lonely_alert_leaves_at_once() -> None:
    sink = Sink()
    async with flying(sink) as recorder:
        signal = a_signal("one")

        answer = await recorder.record(signal)

    assert sink.batches == [["one"]]
    assert isinstance(answer, Recorded)


async def test_what_arrives_while_the_flights_are_under_way_goes_together() -> None:
    sink = Sink()
    async with flying(sink) as recorder:
        sink.open.clear()
        calls: list[asyncio.Task[Answer]] = []
        for n in range(5):
            calls.append(asyncio.create_task(recorder.record(a_signal(str(n)))))
            await settle_down()
        sink.open.set()
        await asyncio.gather(*calls)

    assert sink.batches[:FLIGHTS] == [["0"], ["1"]]
    assert sorted(sink.batches[FLIGHTS]) == ["2", "3", "4"]


async def test_a_batch_has_an_end() -> None:
    sink = Sink()
    async with flying(sink) as recorder:
        await asyncio.gather(*(recorder.record(a_signal()) for _ in range(3 * BATCH_MAX)))

    assert max(map(len, sink.batches)) == BATCH_MAX


async def test_two_of_a_kind_never_share_a_batch() -> None:
    sink = Sink()
    user = UserId(uuid7())
    async with flying(sink) as recorder:
        await asyncio.gather(
            *(recorder.record(a_signal("same", user=user, key=b"k")) for _ in range(5))
        )

    assert sink.batches == [["same"]] * 5


async def test_a_batch_is_sorted_by_user_and_then_by_arrival() -> None:
    sink = Sink()
    one, two = sorted([UserId(uuid7()), UserId(uuid7())])
    async with flying(sink) as recorder:
        await asyncio.gather(
            *(
                recorder.record(a_signal(body, user=user))
                for body, user in [("2a", two), ("1a", one), ("2b", two), ("1b", one)]
            )
        )

    assert sink.batches == [["1a", "1b", "2a", "2b"]]


async def test_a_refused_batch_is_redone_one_by_one() -> None:
    sink = Sink()
    sink.refuses = "bad"
    async with flying(sink) as recorder:
        bodies = ["a", "bad", "b"]
        answers = await asyncio.gather(
            *(recorder.record(a_signal(body)) for body in bodies), return_exceptions=True
        )

    assert [type(answer) for answer in answers] == [Recorded, RecordRefusedError, Recorded]
    assert sorted(sink.batches[1:]) == [["a"], ["b"], ["bad"]]


async def test_where_nobody_knows_what_was_written_nothing_is_redone() -> None:
    sink = Sink()
    sink.fails = StoreUnavailableError()
    async with flying(sink) as recorder:
        answers = await asyncio.gather(
            *(recorder.record(a_signal()) for _ in range(3)), return_exceptions=True
        )

    assert {type(answer) for answer in answers} == {StoreUnavailableError}
    assert len(sink.batches) == 1


async def test_the_next_batch_flies_whatever_befell_the_last() -> None:
    sink = Sink()
    async with flying(sink) as recorder:
        sink.fails = ZeroDivisionError()
        for _ in range(FLIGHTS + 1):
            with pytest.raises(StoreUnavailableError):
                await recorder.record(a_signal())
        sink.fails = None

        assert isinstance(await recorder.record(a_signal()), Recorded)


async def test_an_alert_whose_caller_gave_up_does_not_leave_any_more() -> None:
    sink = Sink()
    async with flying(sink) as recorder:
        sink.open.clear()
        calls: list[asyncio.Task[Answer]] = []
        for n in range(FLIGHTS + 2):
            calls.append(asyncio.create_task(recorder.record(a_signal(str(n)))))
            await settle_down()
        calls[FLIGHTS].cancel()
        sink.open.set()
        await asyncio.gather(*calls, return_exceptions=True)

    assert sink.batches[-1] == [str(FLIGHTS + 1)]


async def test_a_caller_in_flight_that_gives_up_leaves_the_others_their_answers() -> None:
    sink = Sink()
    async with flying(sink) as recorder:
        sink.open.clear()
        calls = [asyncio.create_task(recorder.record(a_signal(str(n)))) for n in range(3)]
        await settle_down()
        calls[0].cancel()
        await settle_down()
        sink.open.set()
        answers = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(answer) for answer in answers[1:]] == [Recorded, Recorded]


async def test_nobody_waits_longer_than_the_deadline() -> None:
    sink = Sink()
    sink.open.clear()
    async with flying(sink, deadline_s=0.05) as recorder:
        with pytest.raises(StoreUnavailableError, match="no commit in time"):
            await recorder.record(a_signal())
