"""What operators watch, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.base import Destination
from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.values import UserId
from handlers.store.memory import MemoryStore
from tests.builders import ManualClock
from tests.doors import QuickPasswords
from tests.unit.edge.house import KEY, a_house, bearer
from tests.unit.edge.people import PASSWORD, Person, signed_in
from tests.unit.edge.test_dead_letters import bury

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bus.bundle import Bus
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

PATH = "/api/operations"
OPERATOR = Person(id=UserId(uuid7()), email="operator@example.org")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """An edge whose first user, an operator, can sign in."""
    clock = ManualClock()
    store = MemoryStore(clock)
    hashed = await QuickPasswords().hash(PASSWORD)
    await store.identity.add_user(OPERATOR.id, email=OPERATOR.email, password_hash=hashed)
    async with a_house(store=store, clock=clock) as opened:
        yield opened


async def test_operator_sees_everybodys_orders_queues_and_letters(house: House) -> None:
    await house.alert({"ticker": "BTCUSDT", "action": "buy", "quantity": "1"})
    await bury(house)
    operator = await signed_in(house, OPERATOR)

    answer = await operator.get(PATH)

    assert answer.status_code == 200
    seen = answer.json()
    assert seen["orders"] == {"queued": 1}
    assert (seen["measured"], seen["pool_ready"]) == (1, 0)
    assert "BTCUSDT" not in answer.text
    letters = {queue["destination"]: queue["dead_letters"] for queue in seen["queues"]}
    assert letters == {
        each.value: int(each is Destination.WORKER_CONTROL)
        for each in Destination
        if each is not Destination.ORDERS
    }


async def test_who_ceased_to_be_an_operator_sees_nothing(house: House) -> None:
    operator = await signed_in(house, OPERATOR)

    async def is_none(*_: object, **__: object) -> None:
        return None

    house.ports.store.watch.operations = is_none

    assert (await operator.get(PATH)).status_code == 403


async def test_trader_does_not(house: House) -> None:
    trader = await signed_in(house)

    answer = await trader.get(PATH)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_no_key_does(house: House) -> None:
    assert (await house.client.get(PATH, headers=bearer(KEY))).status_code == 403


async def test_post_that_is_down_is_no_zero_and_hides_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = await signed_in(house, OPERATOR)

    async def is_down(*_: object, **__: object) -> int:
        raise TransportUnavailableError("down")

    bus: Bus = house.ports.bus
    monkeypatch.setattr(bus.pool, "ready", is_down)
    monkeypatch.setattr(bus.depths, "depth", is_down)

    seen = (await operator.get(PATH)).json()

    assert (seen["pool_ready"], seen["queues"], seen["orders"]) == (None, None, {})
