"""The record under many hands at once."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bus.ids import uuid7
from bus.values import OrderState, SignalId
from handlers.errors import NotFoundError
from handlers.records.alerts import Dedupe, Duplicate, NewCancel, Recorded, SignalOutcome
from handlers.records.orders import ClaimedOrder
from handlers.records.views import Filter, Span
from handlers.store.postgres import horizon
from tests.contract.store.conftest import postgres_house
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId
    from handlers.records.alerts import NewSignal
    from handlers.records.views import StreamEvent
    from tests.contract.store.house import House, Trader

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


def copies_of(house: House, trader: Trader, dedupe: Dedupe, count: int) -> list[NewSignal]:
    """Make one alert as it comes in several times: other ids, the same content."""
    return [
        house.signal(trader, house.order(trader), dedupe=dedupe, id=SignalId(uuid7()))
        for _ in range(count)
    ]


async def test_of_four_copies_of_each_of_200_alerts_over_two_pools_one_counts(
    house: House, dsn: str
) -> None:
    traders = [await house.trader() for _ in range(4)]
    alerts = [
        copies_of(house, traders[n % 4], Dedupe(hash=n.to_bytes(32, "big"), window=None), 4)
        for n in range(200)
    ]
    async with postgres_house(dsn) as other:
        stores = (house.store, other.store)
        sent = [
            (n, stores[k % 2].signals.record(copy))
            for k in range(4)
            for n, copies in enumerate(alerts)
            for copy in copies[k : k + 1]
        ]
        random.Random(7).shuffle(sent)
        answers = await asyncio.gather(*(call for _, call in sent))

    ids: dict[int, set[SignalId]] = {}
    for (n, _), answer in zip(sent, answers, strict=True):
        assert isinstance(answer, Recorded | Duplicate)
        ids.setdefault(n, set()).add(answer.signal_id)
    assert [len(first) for first in ids.values()] == [1] * 200
    recorded = [answer for answer in answers if isinstance(answer, Recorded)]
    assert len(recorded) == 200
    assert await count(dsn, "SELECT count(*) FROM signals WHERE outcome = 'accepted'") == 200
    assert await count(dsn, "SELECT count(*) FROM orders") == 200


async def test_every_copy_is_answered_with_the_first_orders(house: House, dsn: str) -> None:
    trader = await house.trader()
    copies = copies_of(house, trader, Dedupe(hash=b"x" * 32, window=None), 8)

    async with postgres_house(dsn) as other:
        stores = (house.store, other.store)
        answers = await asyncio.gather(
            *(stores[n % 2].signals.record(copy) for n, copy in enumerate(copies))
        )

    [shown] = await house.store.queries.orders(trader.user, Filter(), Span())
    told = {answer.order_ids for answer in answers if isinstance(answer, Duplicate)}
    assert told == {(shown.order.id,)}


async def test_hammered_from_all_sides_nothing_deadlocks_and_no_event_is_lost(
    house: House, dsn: str
) -> None:
    traders = [await house.trader() for _ in range(3)]
    async with postgres_house(dsn) as other:
        houses = (house, other)
        chaos = random.Random(11)
        heard: list[list[StreamEvent]] = [[] for _ in traders]
        async with asyncio.TaskGroup() as tasks:
            readers = [
                tasks.create_task(_follow(other, trader.user, into))
                for trader, into in zip(traders, heard, strict=True)
            ]
            await asyncio.gather(
                *(
                    _live(houses[n % 2], traders, random.Random(chaos.random()), n)
                    for n in range(12)
                )
            )
            for reader in readers:
                reader.cancel()

    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert await count(dsn, deadlocks) == 0
    for trader, followed in zip(traders, heard, strict=True):
        whole = await house.store.queries.stream_after(trader.user, 0, limit=100_000)
        rest = await house.store.queries.stream_after(
            trader.user, followed[-1].stream_n, limit=100_000
        )
        # Who follows meanwhile misses nothing, hears nothing twice, and all in the same order.
        assert [*followed, *rest] == whole
        assert len(followed) > 100


async def test_what_commits_late_comes_in_its_place(house: House, dsn: str) -> None:
    trader = await house.trader()
    before = await house.store.streams.position(trader.user)
    late = await asyncpg.connect(dsn)
    transaction = late.transaction()
    await transaction.start()
    await late.execute("SELECT tell_stream($1, 'worker', $2)", trader.user, uuid7())
    await house.queued(trader)

    held_up = await house.store.queries.stream_after(trader.user, before.now, limit=10)
    await transaction.commit()
    entries = await house.store.queries.stream_after(trader.user, before.now, limit=10)
    await late.close()

    assert held_up == []
    assert [entry.kind for entry in entries] == ["worker", "order"]


async def test_a_transaction_that_is_stuck_holds_no_stream_up_for_long(
    house: House, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(horizon, "_WAITED_FOR_S", 0.2)
    trader = await house.trader()
    before = await house.store.streams.position(trader.user)
    stuck = await asyncpg.connect(dsn)
    transaction = stuck.transaction()
    await transaction.start()
    await stuck.execute("LOCK TABLE api_keys IN EXCLUSIVE MODE")
    await stuck.execute("SELECT pg_current_xact_id()")
    order = await house.queued(trader)

    entries = await house.store.queries.stream_after(trader.user, before.now, limit=10)
    await transaction.rollback()
    await stuck.close()

    assert [entry.object_id for entry in entries] == [order.id]


async def _follow(house: House, user: UserId, into: list[StreamEvent]) -> None:
    """Read a stream as it grows, from where the last reading ended."""
    n = 0
    while True:
        entries = await house.store.queries.stream_after(user, n, limit=1000)
        into.extend(entries)
        n = into[-1].stream_n if into else 0
        await asyncio.sleep(0)


async def _live(house: House, traders: Sequence[Trader], chance: random.Random, n: int) -> None:
    """Do what edges, workers, relays and people do, all on the same few users."""
    for _ in range(40):
        trader = chance.choice(traders)
        match n % 6:
            case 0 | 1:
                await _alert(house, trader, chance)
            case 2 | 3:
                await _work(house, trader, chance)
            case 4:
                await _interfere(house, trader, chance)
            case _:
                await house.store.relay.due(limit=20)
                await house.store.relay.expire_overdue(limit=20)
                await house.store.work.sweep(trader.lease)


async def _alert(house: House, trader: Trader, chance: random.Random) -> None:
    cancel = NewCancel(account_id=trader.account.id, symbol=None)
    expires_at = house.clock.now() if chance.random() < 0.1 else None
    fields = {} if expires_at is None else {"expires_at": expires_at}
    orders = [house.order(trader, **fields) for _ in range(chance.randint(0, 3))]
    cancels = (cancel,) if chance.random() < 0.3 else ()
    signal = house.signal(trader, *orders, cancels=cancels)
    await house.store.signals.record(signal)
    await house.store.signals.mark_hinted([order.id for order in orders])


async def _work(house: House, trader: Trader, chance: random.Random) -> None:
    queued = list(await house.store.work.oldest_queued(trader.user, limit=3))
    while queued:
        order = queued.pop(0)
        answer = await house.store.orders.claim(house.claim(trader, order))
        while isinstance(answer, ClaimedOrder):
            state = chance.choice([OrderState.QUEUED, OrderState.ACCEPTED, OrderState.FILLED])
            fills = (a_fill(order, "1.5"),) if state is OrderState.FILLED else ()
            said = house.settlement(answer.order, state, fills=fills)
            if not queued or state is OrderState.QUEUED:
                await house.store.orders.settle(said)
                break
            # Whichever has the smaller id: the two are locked by that.
            following = house.claim(trader, queued.pop(chance.randrange(len(queued))))
            _, answer = await house.store.orders.settle_and_claim(said, following)


async def _interfere(house: House, trader: Trader, chance: random.Random) -> None:
    for engaged in (True, False):
        await house.store.switches.change(
            trader.user, engaged=engaged, cancel_working=True, allow_exits=False
        )
    found = await house.store.queries.orders(trader.user, Filter(), Span(limit=5))
    orders = [shown.order for shown in found]
    for order in orders:
        await house.store.orders.request_cancel(trader.user, order.id)
    if orders:
        await house.settle(chance.choice(orders), OrderState.CANCELLED)


async def test_a_caller_that_gives_up_does_not_stop_the_others(house: House) -> None:
    trader = await house.trader()
    signals = [house.signal(trader, house.order(trader)) for _ in range(30)]
    calls = [asyncio.ensure_future(house.store.signals.record(each)) for each in signals]
    await asyncio.sleep(0)

    for call in calls[::3]:
        call.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    kept = [answer for n, answer in enumerate(answers) if n % 3]
    assert {type(answer) for answer in kept} == {Recorded}


async def test_an_alert_the_record_refuses_does_not_stop_the_others(house: House) -> None:
    trader = await house.trader()
    nobodys = house.signal(
        await house.trader(), outcome=SignalOutcome.REJECTED, user_id=trader.user
    )
    signals = [house.signal(trader, house.order(trader)) for _ in range(10)]
    signals.insert(5, nobodys)

    answers = await asyncio.gather(
        *(house.store.signals.record(each) for each in signals), return_exceptions=True
    )

    assert isinstance(answers.pop(5), NotFoundError)
    assert {type(answer) for answer in answers} == {Recorded}


async def test_a_worker_frozen_past_its_lease_sends_nothing_more(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(13)
    other = await house.store.leases.take(trader.user, trader.lease.worker_id)

    answers = [await house.store.orders.claim(house.claim(trader, order)) for _ in range(2)]

    assert other is None
    assert not any(isinstance(answer, ClaimedOrder) for answer in answers)


async def test_the_key_alone_keeps_a_second_signal_out(house: House, dsn: str) -> None:
    trader = await house.trader()
    signal = house.signal(trader, dedupe=Dedupe(hash=b"y" * 32, window=None))
    await house.store.signals.record(signal)

    with pytest.raises(asyncpg.UniqueViolationError):
        await count(
            dsn,
            "INSERT INTO signals SELECT gen_random_uuid(), strategy_id, user_id, dedupe_key,"
            " dialect, body, signal, outcome, code, duplicate_of, received_at, trace_id"
            f" FROM signals WHERE id = '{signal.id}' RETURNING 1",
        )


@pytest.mark.parametrize("change", ["UPDATE order_events SET n = 0", "DELETE FROM order_events"])
async def test_what_happened_is_never_rewritten(house: House, dsn: str, change: str) -> None:
    trader = await house.trader()
    await house.queued(trader)

    with pytest.raises(asyncpg.RaiseError, match="append only"):
        await count(dsn, f"{change} RETURNING 1")


async def count(dsn: str, statement: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
