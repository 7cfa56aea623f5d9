"""Recognising a future's order where even its tag is not shown: by what it is, and when it came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from broker_adapters.base import Accepted, NotFound, OrderReport, Unknown
from bus.values import OrderState, Side
from infra.local.doubles.shioaji.faults import Fault
from tests.integration.broker_adapters.sino import futures_ground, stock_ground

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.broker_adapters.grounds.sino import SinoGround

pytestmark = pytest.mark.anyio

_MINUTES = timedelta(minutes=10)


@pytest.fixture
async def ground() -> AsyncGenerator[SinoGround]:
    async with futures_ground() as opened:
        opened.venue.keeps_futures_tag = False
        yield opened


async def test_order_without_a_tag_is_found_by_what_it_is(ground: SinoGround) -> None:
    request = ground.limit(3)
    ground.venue.faults.add(Fault.TIMEOUT_AFTER)
    await ground.submit(request)

    found = await ground.resolved(request, await ground.anew())

    assert isinstance(found, OrderReport)
    assert found.state is OrderState.FILLED
    assert found.client_order_id == request.client_order_id


async def test_same_order_by_hand_ten_minutes_before_is_not_ours(ground: SinoGround) -> None:
    request = ground.limit(3, below=10)
    await ground.by_hand(Side.BUY, 3, request.limit_price)
    await ground.pass_(_MINUTES)
    ground.venue.faults.add(Fault.TIMEOUT_BEFORE)

    await ground.submit(request)

    assert await ground.resolved(request) == NotFound()


async def test_same_order_by_hand_ten_minutes_after_is_not_ours(ground: SinoGround) -> None:
    request = ground.limit(3, below=10)
    ground.venue.faults.add(Fault.TIMEOUT_BEFORE)
    await ground.submit(request)
    ref = ground.ref(request)
    await ground.pass_(_MINUTES)

    await ground.by_hand(Side.BUY, 3, request.limit_price)

    assert await ground.broker.find(ref) == NotFound()


async def test_of_two_alike_neither_is_taken(ground: SinoGround) -> None:
    request = ground.limit(3, below=10)
    await ground.by_hand(Side.BUY, 3, request.limit_price)
    ground.venue.faults.add(Fault.TIMEOUT_AFTER)

    await ground.submit(request)

    assert isinstance(await ground.resolved(request), Unknown)


@pytest.mark.parametrize(
    "other", [{"lots": 4}, {"below": 11}, {"side": Side.SELL}], ids=["size", "price", "side"]
)
async def test_another_order_at_the_same_moment_is_not_ours(
    ground: SinoGround, other: dict[str, Any]
) -> None:
    request = ground.limit(3, below=10)
    wanted: dict[str, Any] = {"lots": 3, "below": 10, "side": Side.BUY, **other}
    price = ground.price - wanted["below"] * ground.tick
    await ground.by_hand(wanted["side"], wanted["lots"], price)
    ground.venue.faults.add(Fault.TIMEOUT_BEFORE)

    await ground.submit(request)

    assert await ground.resolved(request) == NotFound()


async def test_one_order_is_not_taken_for_two_of_ours(ground: SinoGround) -> None:
    first, second = ground.limit(3, below=10), ground.limit(3, below=10)
    for request, fault in ((first, Fault.TIMEOUT_AFTER), (second, Fault.TIMEOUT_BEFORE)):
        ground.venue.faults.add(fault)
        await ground.submit(request)

    outcomes = [await ground.broker.find(ground.ref(each)) for each in (first, second)]

    assert not any(isinstance(each, OrderReport) for each in outcomes)


async def test_lost_order_shows_an_older_one_that_is_alike_by_the_id_of_that_one(
    ground: SinoGround,
) -> None:
    """A session that never saw the older one cannot tell; the record, which has its id, can."""
    older, lost = ground.limit(3, below=10), ground.limit(3, below=10)
    accepted = await ground.submit(older)
    ground.venue.faults.add(Fault.TIMEOUT_BEFORE)
    await ground.submit(lost)

    found = await ground.resolved(lost, await ground.anew())

    assert isinstance(accepted, Accepted)
    assert isinstance(found, OrderReport)
    assert found.broker_order_id == accepted.broker_order_id


async def test_known_order_is_told_of_though_a_lost_one_that_is_alike_was_looked_for_first(
    ground: SinoGround,
) -> None:
    older, lost = ground.limit(3, below=10), ground.limit(3, below=10)
    accepted = await ground.submit(older)
    assert isinstance(accepted, Accepted)
    known = msgspec.structs.replace(ground.ref(older), broker_order_id=accepted.broker_order_id)
    ground.venue.faults.add(Fault.TIMEOUT_BEFORE)
    await ground.submit(lost)
    broker = await ground.anew()
    assert isinstance(await ground.resolved(lost, broker), OrderReport)

    found = await broker.find(known)

    assert isinstance(found, OrderReport)
    assert found.client_order_id == older.client_order_id
    again = await broker.find(ground.ref(lost))
    assert not isinstance(again, OrderReport)


async def test_share_by_hand_is_never_ours_however_alike() -> None:
    async with stock_ground() as ground:
        request = ground.limit(3, below=10)
        ground.venue.faults.add(Fault.TIMEOUT_BEFORE)
        await ground.submit(request)

        await ground.by_hand(Side.BUY, 3, request.limit_price)

        assert await ground.resolved(request) == NotFound()


async def test_share_is_found_by_its_tag_though_its_price_was_changed_by_hand() -> None:
    async with stock_ground() as ground:
        request = ground.limit(3, below=10)
        ground.venue.faults.add(Fault.TIMEOUT_AFTER)
        await ground.submit(request)
        ref = msgspec.structs.replace(ground.ref(request), limit_price=ground.price)

        found = await (await ground.anew()).find(ref)

        assert isinstance(found, OrderReport)
