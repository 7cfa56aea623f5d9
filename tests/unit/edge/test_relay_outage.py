"""While the lists are away, nobody waits for another user's outage."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.messages import ExecuteOrder
from bus.values import AccountId, OrderId, UserId
from edge import relay as relay_module
from edge.relay import relay_once, run_relay
from handlers.records.orders import OutboxItem
from handlers.store.hints import execute_hint
from tests.builders import ManualClock
from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """An edge whose own relay stands still, so that a test runs it."""

    async def stand_still(_ports: Any) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr("edge.application.run_relay", stand_still)
    async with a_house() as opened:
        yield opened


def an_item(user: UserId) -> OutboxItem:
    order = ExecuteOrder(user_id=user, order_id=OrderId(uuid7()), account_id=AccountId(uuid7()))
    clock = ManualClock()
    hint = execute_hint(order, clock, until=clock.now() + timedelta(seconds=60), parent="")
    return OutboxItem(id=uuid7(), envelope=hint, attempt=1)


async def test_every_users_worker_is_asked_for_while_the_lists_are_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = [UserId(uuid7()) for _ in range(3)]
    asked: list[UserId] = []

    async def due(**_: Any) -> list[OutboxItem]:
        return [an_item(user) for user in users]

    async def away(*_: Any) -> Any:
        raise TransportUnavailableError

    async def ask(_ports: Any, user: UserId, **_: Any) -> None:
        asked.append(user)

    monkeypatch.setattr(house.ports.store.relay, "due", due)
    monkeypatch.setattr(house.ports.bus.hints, "hint", away)
    monkeypatch.setattr(relay_module, "ask_for_worker", ask)

    with pytest.raises(TransportUnavailableError):
        await relay_once(house.ports)

    assert sorted(asked) == sorted(users)


async def test_who_waits_at_a_venue_is_attended_while_the_lists_are_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    done = anyio.Event()

    async def away(_ports: Any) -> int:
        raise TransportUnavailableError

    async def attend(_ports: Any) -> int:
        turns.append("attend")
        return 0

    async def look_after(_ports: Any) -> int:
        done.set()
        return 0

    monkeypatch.setattr(relay_module, "relay_once", away)
    monkeypatch.setattr(relay_module, "attend", attend)
    monkeypatch.setattr(relay_module, "look_after", look_after)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_relay, house.ports)
        with anyio.fail_after(2):
            await done.wait()
        tasks.cancel_scope.cancel()

    assert turns == ["attend"]
