"""What a claim promises: one send, and none that must not be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState, Side, WorkerId
from handlers.records.accounts import AccountState
from handlers.records.orders import Claim, ClaimedOrder, Mark, NextLeg, NotClaimed, WhyNot
from telemetry.stages import Stage

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def claim(house: House, claim: Claim) -> WhyNot | None:
    answer = await house.store.orders.claim(claim)
    return answer.why if isinstance(answer, NotClaimed) else None


async def try_claim(house: House, trader: Trader, order: Order) -> WhyNot | None:
    return await claim(house, house.claim(trader, order))


async def test_a_claimed_order_is_sending_under_the_leases_epoch(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    leg = NextLeg(side=Side.SELL, quantity=Decimal("2.5"))
    asked = house.claim(
        trader, order, side=Side.SELL, frozen_quantity=Decimal("0.75"), reduce_only=True,
        next_leg=leg,
    )  # fmt: skip

    answer = await house.store.orders.claim(asked)

    assert isinstance(answer, ClaimedOrder)
    kept = answer.order
    assert kept == await house.load(order.id)
    assert (kept.state, kept.epoch, kept.attempts) == (OrderState.SENDING, trader.lease.epoch, 1)
    assert (kept.side, kept.frozen_quantity, kept.reduce_only) == (
        Side.SELL, Decimal("0.75"), True,
    )  # fmt: skip
    assert kept.next_leg == leg


async def test_a_claim_says_until_when_to_send(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    answer = await house.store.orders.claim(house.claim(trader, order))

    assert isinstance(answer, ClaimedOrder)
    assert answer.order.send_started_at is not None
    assert answer.send_by == answer.order.send_by
    assert answer.send_by - answer.order.send_started_at == timedelta(seconds=2)


async def test_a_claim_writes_its_marks_and_then_itself_down(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    at = house.clock.now() - timedelta(milliseconds=7)
    mark = Mark(stage=Stage.DELIVERED, at=at, evidence={"attempt": 2})

    await house.store.orders.claim(house.claim(trader, order, marks=(mark,)))

    detail = await house.store.queries.order(trader.user, order.id)
    assert detail is not None
    delivered, claimed = detail.events[-2:]
    assert (delivered.stage, delivered.at) == (Stage.DELIVERED, at)
    assert delivered.evidence == {"attempt": 2}
    assert (claimed.stage, claimed.from_state, claimed.to_state) == (
        Stage.CLAIMED, OrderState.QUEUED, OrderState.SENDING,
    )  # fmt: skip
    assert claimed.actor == f"worker:{trader.lease.worker_id}"
    assert claimed.epoch == trader.lease.epoch


async def test_an_order_is_claimed_once(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    assert await try_claim(house, trader, order) is WhyNot.GONE


async def test_of_concurrent_claims_exactly_one_gets_the_order(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    answers: list[WhyNot | None] = []

    async def attempt() -> None:
        answers.append(await try_claim(house, trader, order))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(attempt)

    assert sorted(answers, key=str) == [None, *[WhyNot.GONE] * 7]


async def test_an_order_nobody_has_is_gone(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    unknown = msgspec.structs.replace(order, id=OrderId(uuid7()))

    assert await try_claim(house, trader, unknown) is WhyNot.GONE


async def test_another_users_order_is_gone(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = await house.queued(other)

    assert await try_claim(house, trader, order) is WhyNot.GONE


async def test_an_older_epoch_claims_nothing(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.store.leases.release(trader.lease)
    await house.store.leases.take(trader.user, trader.lease.worker_id)

    assert await try_claim(house, trader, order) is WhyNot.LEASE_LOST
    assert (await house.load(order.id)).state is OrderState.QUEUED


async def test_another_workers_lease_claims_nothing(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    stolen = msgspec.structs.replace(trader.lease, worker_id=WorkerId(uuid7()))

    answer = await claim(house, house.claim(trader, order, lease=stolen))

    assert answer is WhyNot.LEASE_LOST


@pytest.mark.parametrize(("after_s", "is_lost"), [(11.0, False), (12.5, True), (16.0, True)])
async def test_a_claim_needs_three_seconds_of_the_lease(
    house: House, after_s: float, *, is_lost: bool
) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(after_s)

    answer = await try_claim(house, trader, order)

    assert (answer is WhyNot.LEASE_LOST) is is_lost


async def test_an_overdue_order_becomes_expired(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(60)
    await house.store.leases.renew(trader.lease)

    assert await try_claim(house, trader, order) is WhyNot.EXPIRED
    assert (await house.load(order.id)).state is OrderState.EXPIRED
    assert (await house.stages(order))[-1] == "expired"


async def test_an_engaged_switch_denies_the_claim(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader, reduce_only=True)
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=True
    )

    answer = await claim(house, house.claim(trader, order, reduce_only=False))

    assert answer is WhyNot.KILLED
    kept = await house.load(order.id)
    assert (kept.state, kept.error_code) == (OrderState.DENIED, "kill_switch_active")


async def test_an_exit_passes_a_switch_that_allows_exits(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader, reduce_only=True)
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=True
    )

    assert await try_claim(house, trader, order) is None


async def test_a_disabled_account_denies_the_claim(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.store.catalogue.set_account_state(
        trader.user, trader.account.id, AccountState.DISABLED
    )

    assert await try_claim(house, trader, order) is WhyNot.DISABLED
    kept = await house.load(order.id)
    assert (kept.state, kept.error_code) == (OrderState.DENIED, "account_disabled")
