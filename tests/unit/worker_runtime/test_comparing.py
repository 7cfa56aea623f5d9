"""A worker compares an account when it is asked to, and nothing about that ends it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import msgspec
import pytest

from broker_adapters.base import Fill, Position
from broker_adapters.errors import AuthFailedError, BrokerUnavailableError
from bus.messages import CompareAccount, ReloadAccount
from bus.values import OrderState
from handlers.records.comparison import PositionDiffers
from tests.contract.store.house import a_fill
from tests.unit.worker_runtime.gated_broker import accept
from tests.unit.worker_runtime.world import HINTS_ONLY, a_world

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bus.values import AccountId
    from handlers.records.comparison import Comparison, LatestComparison
    from tests.unit.worker_runtime.world import World

pytestmark = pytest.mark.anyio

T = TypeVar("T")


async def a_due_account(world: World) -> AccountId:
    """Trade at an account, a day before it is due to be compared."""
    account = await world.add_account()
    world.brokers[account].script.append(accept)
    order = await world.record(account)
    await world.hint(account, order)
    await world.until(order, {OrderState.ACCEPTED})
    world.clock.ahead = timedelta(days=1, hours=2)
    await until(partial(world.store.leases.holder, world.user))
    assert await world.store.comparisons.due(limit=1)
    return account


async def until(read: Callable[[], Awaitable[T]]) -> T:
    """Wait until there is something to read, which nobody announces."""
    while not (found := await read()):  # noqa: ASYNC110 - as said
        await anyio.sleep(0.005)
    return found


async def what_came(world: World) -> LatestComparison:
    return (await until(partial(world.store.comparisons.latest, world.user)))[0]


async def compare(world: World, account: AccountId) -> LatestComparison:
    """Ask the worker, and wait for what comes of it."""
    await world.send(CompareAccount(user_id=world.user, account_id=account))
    return await what_came(world)


async def test_an_account_is_compared_when_that_is_asked() -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)

        found = await compare(world, account)

        assert found.failure is None
        assert found.comparison is not None
        assert found.comparison.differences == ()


async def test_a_difference_is_kept_and_written_into_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)
        broker = world.brokers[account]
        [order] = await world.store.work.working(world.user)
        broker.tell(a_fill(order, "1"))
        await until(partial(world.store.queries.positions, world.user))
        held = Position(
            symbol="BTCUSDT",
            quantity=Decimal(4),
            average_price=None,
            last_price=None,
            unrealised_pnl=Decimal(0),
            updated_at=world.clock.now(),
        )

        async def positions() -> tuple[Position, ...]:
            return (held,)

        monkeypatch.setattr(broker, "positions", positions)

        found = await compare(world, account)

    differs = PositionDiffers(symbols=("BTCUSDT",), recorded=Decimal(1), at_venue=Decimal(4))
    assert found.comparison is not None
    assert found.comparison.differences == (differs,)
    [line] = [each for each in caplog.records if each.msg == "account_differs"]
    assert line.__dict__["account_id"] == str(account)


@pytest.mark.parametrize(
    ("error", "code", "is_hopeless"),
    [
        (BrokerUnavailableError("away"), "broker_unavailable", False),
        (AuthFailedError("no"), "auth", True),
    ],
)
async def test_a_venue_that_lets_nobody_in_is_told_of(
    error: Exception, code: str, *, is_hopeless: bool
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)
        world.brokers[account].connect_error = error
        await world.send(ReloadAccount(user_id=world.user, account_id=account))

        found = await compare(world, account)

        assert found.comparison is None
        assert found.failure is not None
        assert (found.failure.code, found.failure.is_hopeless) == (code, is_hopeless)


async def test_a_venue_that_gives_no_answer_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)

        async def away(*_: Any) -> Any:
            raise BrokerUnavailableError("no usable answer")

        monkeypatch.setattr(world.brokers[account], "fills_since", away)

        found = await compare(world, account)

        assert found.failure is not None
        assert found.failure.why == "BrokerUnavailableError: no usable answer"


async def test_a_session_that_is_opened_anew_ends_the_attempt_and_not_the_orders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)
        reached = anyio.Event()

        async def never() -> Any:
            reached.set()
            await anyio.sleep_forever()

        monkeypatch.setattr(world.brokers[account], "positions", never)
        await world.send(CompareAccount(user_id=world.user, account_id=account))
        await reached.wait()
        await world.send(ReloadAccount(user_id=world.user, account_id=account))
        order = await world.record(account)
        await world.hint(account, order)
        await world.until(order)

        found = await what_came(world)
        assert found.failure is not None
        assert found.failure.code == "broker_unavailable"


async def test_a_fault_of_one_venue_does_not_end_the_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)

        async def fault() -> Any:
            raise ValueError("a fault of ours")

        monkeypatch.setattr(world.brokers[account], "positions", fault)
        await world.send(CompareAccount(user_id=world.user, account_id=account))

        async def said() -> list[str]:
            return [each.msg for each in caplog.records if each.msg == "comparison_failed"]

        await until(said)
        order = await world.record(account)
        await world.hint(account, order)

        assert (await world.until(order)).filled_quantity == 1


async def test_a_fill_that_was_taken_in_before_a_failure_was_found_nevertheless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)
        broker = world.brokers[account]
        [order] = await world.store.work.working(world.user)
        missed = msgspec.structs.replace(
            a_fill(order, "1"), at=world.clock.now() - timedelta(minutes=10)
        )
        answers: list[Exception | None] = [None, BrokerUnavailableError("away"), None]

        async def fills_since(_: datetime) -> tuple[Fill, ...]:
            return (missed,)

        async def positions() -> tuple[Position, ...]:
            if (error := answers.pop(0) if answers else None) is not None:
                raise error
            return ()

        monkeypatch.setattr(broker, "fills_since", fills_since)
        monkeypatch.setattr(broker, "positions", positions)
        failed = await compare(world, account)
        assert failed.failure is not None
        assert failed.failure.found_fills == 1

        monkeypatch.setattr(broker, "positions", partial(_holding, world))
        await world.send(CompareAccount(user_id=world.user, account_id=account))

        async def done() -> Comparison | None:
            return (await world.store.comparisons.latest(world.user))[0].comparison

        found = await until(done)
        assert found is not None
        assert found.found_fills == 1


async def _holding(world: World) -> tuple[Position, ...]:
    held = Position(
        symbol="BTCUSDT",
        quantity=Decimal(1),
        average_price=None,
        last_price=None,
        unrealised_pnl=Decimal(0),
        updated_at=world.clock.now(),
    )
    return (held,)


async def test_an_account_that_is_asked_about_twice_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await a_due_account(world)
        looks: list[int] = []

        async def positions() -> tuple[Position, ...]:
            looks.append(1)
            return ()

        monkeypatch.setattr(world.brokers[account], "positions", positions)
        for _ in range(3):
            await world.send(CompareAccount(user_id=world.user, account_id=account))
        await compare(world, account)
        order = await world.record(account)
        await world.hint(account, order)
        await world.until(order)

        assert len(looks) == 1
