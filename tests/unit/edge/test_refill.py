"""Whoever takes a warm worker has the pool filled up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

from bus.base import Destination
from bus.errors import TransportUnavailableError
from bus.messages import KeepPool, StartWorker
from bus.values import HOUSE
from tests.builders import a_worker
from tests.unit.edge.house import a_house, an_alert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr("edge.kept.refill._GATHER", 0.05)
    async with a_house() as opened:
        yield opened


async def test_an_alert_that_takes_a_warm_worker_has_the_pool_filled_up(house: House) -> None:
    await house.ports.bus.pool.offer(a_worker())

    await house.alert(an_alert())

    assert (await house.next_of(Destination.MAINTENANCE)).message == KeepPool(user_id=HOUSE)


async def test_an_alert_that_finds_none_asks_for_a_start_alone(house: House) -> None:
    await house.alert(an_alert())

    assert isinstance((await house.next_start()).message, StartWorker)
    with pytest.raises(TimeoutError):
        await house.next_of(Destination.MAINTENANCE)


async def test_many_claims_are_one_wish(house: House) -> None:
    for _ in range(5):
        house.ports.refill.note_claimed()

    await house.next_of(Destination.MAINTENANCE)
    with pytest.raises(TimeoutError):
        await house.next_of(Destination.MAINTENANCE)


async def test_a_wish_that_nobody_heard_is_not_the_last(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = anyio.Event()

    async def away(*_: Any) -> None:
        tried.set()
        raise TransportUnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(house.ports.bus.publisher, "publish", away)
        house.ports.refill.note_claimed()
        with anyio.fail_after(1):
            await tried.wait()

    house.ports.refill.note_claimed()

    assert (await house.next_of(Destination.MAINTENANCE)).message == KeepPool(user_id=HOUSE)
