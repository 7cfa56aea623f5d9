"""Commands whose hint was lost are found and said again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import structlog

from bus.base import Destination
from bus.errors import TransportUnavailableError
from bus.messages import ExecuteOrder, StartWorker
from edge import relay as relay_module
from edge.relay import relay_once, run_relay
from handlers.errors import StoreUnavailableError
from tests.builders import a_worker
from tests.unit.edge.house import a_house, an_alert

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


async def lose_a_hint(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    """Send an alert while the bus is away; return its order's id."""

    async def away(*_: Any) -> Any:
        raise TransportUnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(house.ports.bus.hints, "hint", away)
        answer = await house.alert(an_alert())
    assert answer.status_code == 202
    return answer.json()["orders"][0]["id"]


async def commands_of(house: House, count: int) -> list[Any]:
    async with house.ports.bus.hints.commands(house.user, 1) as commands:
        stream = aiter(commands)
        with anyio.fail_after(1):
            return [(await anext(stream)).envelope.message for _ in range(count)]


async def untold(house: House) -> list[str]:
    """Return the orders that the log says nobody could be told of."""
    with structlog.testing.capture_logs() as lines:
        await house.ports.afterwards.flush()
    return [line["order_ids"] for line in lines if line["event"] == "hints_unavailable"]


async def test_alert_is_accepted_while_the_bus_is_away_and_hinted_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await lose_a_hint(house, monkeypatch)
    house.clock.go_on(timedelta(seconds=2))

    found = await relay_once(house.ports)

    (command,) = await commands_of(house, 1)
    assert found == 1
    assert isinstance(command, ExecuteOrder)
    assert str(command.order_id) == order_id


async def test_slow_bus_does_not_hold_the_reply_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: Any) -> Any:
        await anyio.sleep_forever()

    monkeypatch.setattr("edge.alerts.webhooks._HINT_TIME", 0.01)
    monkeypatch.setattr(house.ports.bus.hints, "hint", slow)

    with anyio.fail_after(1):
        answer = await house.alert(an_alert())

    assert answer.status_code == 202
    assert await untold(house) == [answer.json()["orders"][0]["id"]]


async def test_order_that_nobody_could_be_told_of_is_in_the_log(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await lose_a_hint(house, monkeypatch)

    assert await untold(house) == [order_id]


@pytest.mark.parametrize(
    ("part", "name"), [("hints", "hint"), ("pool", "claim"), ("publisher", "publish")]
)
async def test_no_fault_after_the_record_changes_the_reply(
    house: House, monkeypatch: pytest.MonkeyPatch, part: str, name: str
) -> None:
    async def fail(*_: Any) -> Any:
        raise ValueError

    monkeypatch.setattr(getattr(house.ports.bus, part), name, fail)

    answer = await house.alert(an_alert())

    assert answer.status_code == 202


async def test_worker_that_could_not_be_asked_for_is_logged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def denied(*_: Any) -> Any:
        raise TransportUnavailableError("AccessDenied")

    monkeypatch.setattr(house.ports.bus.publisher, "publish", denied)
    with structlog.testing.capture_logs() as lines:
        answer = await house.alert(an_alert())

    assert answer.status_code == 202
    [told] = [line for line in lines if line["event"] == "worker_not_asked_for"]
    assert told["why"] == "TransportUnavailableError: AccessDenied"
    [order] = answer.json()["orders"]
    assert (told["order_id"], told["trace_id"]) == (order["id"], answer.json()["trace_id"])


async def test_no_fault_after_the_record_changes_a_manual_orders_reply(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> Any:
        raise ValueError

    monkeypatch.setattr(house.ports.bus.hints, "hint", fail)
    order = {"account_id": str(house.account.id), "symbol": "X", "side": "buy", "quantity": "1"}

    answer = await house.post("/api/orders", order, idempotency="k1")

    assert answer.status_code == 202


async def test_order_that_was_hinted_is_left_alone_for_two_seconds(house: House) -> None:
    await house.alert(an_alert())
    await house.ports.afterwards.flush()
    house.clock.go_on(timedelta(seconds=1.9))

    too_soon = await relay_once(house.ports)
    house.clock.go_on(timedelta(seconds=0.2))

    assert (too_soon, await relay_once(house.ports)) == (0, 1)


async def test_user_without_a_worker_gets_one_asked_for_anew_each_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await lose_a_hint(house, monkeypatch)
    starts: list[str] = []
    for _ in range(2):
        house.clock.go_on(timedelta(seconds=5))
        await relay_once(house.ports)
        started = await house.next_start()
        assert isinstance(started.message, StartWorker)
        starts.append(started.dedup_id)

    assert starts == [f"start:{house.user}:{order_id}:{attempt}" for attempt in (1, 2)]


async def test_every_fifth_attempt_asks_on_the_queue_without_groups_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await lose_a_hint(house, monkeypatch)
    for _ in range(4):
        house.clock.go_on(timedelta(seconds=5))
        await relay_once(house.ports)
    async with house.ports.bus.subscriber.receive(Destination.POOL_CLAIM) as claims:
        with anyio.move_on_after(0.05) as waited:
            await anext(claims)
        house.clock.go_on(timedelta(seconds=5))

        await relay_once(house.ports)

        with anyio.fail_after(1):
            claim = (await anext(claims)).envelope
    assert waited.cancelled_caught
    assert claim.dedup_id == f"claim:{house.user}:{order_id}:5"


async def test_user_with_a_worker_gets_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lose_a_hint(house, monkeypatch)
    await house.ports.bus.hints.mark(house.user, a_worker(), ttl=timedelta(seconds=60))
    house.clock.go_on(timedelta(seconds=2))
    asked: list[Any] = []

    async def ask(*args: Any, **_: Any) -> None:
        asked.append(args)

    monkeypatch.setattr(relay_module, "ask_for_worker", ask)
    monkeypatch.setattr(relay_module, "ensure_worker", ask)

    await relay_once(house.ports)

    assert asked == []


async def test_overdue_order_expires_visibly(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]
    house.clock.go_on(timedelta(seconds=61))

    await relay_once(house.ports)

    order = (await house.get(f"/api/orders/{order_id}")).json()
    assert order["state"] == "expired"


@pytest.mark.parametrize("failure", [StoreUnavailableError(), TransportUnavailableError()])
async def test_relay_outlives_an_outage(
    house: House, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    rounds: list[str] = []
    done = anyio.Event()

    async def round_(_ports: Any) -> int:
        rounds.append("round")
        if len(rounds) < 3:
            raise failure
        done.set()
        return 0

    pauses: list[float] = []
    really_sleep = anyio.sleep

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await really_sleep(0)

    monkeypatch.setattr(relay_module, "relay_once", round_)
    monkeypatch.setattr("edge.relay.anyio.sleep", sleep)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_relay, house.ports)
        with anyio.fail_after(2):
            await done.wait()
        tasks.cancel_scope.cancel()

    assert pauses[0] < pauses[1]


async def test_relay_backs_off_no_longer_than_fifteen_seconds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    enough = anyio.Event()
    really_sleep = anyio.sleep

    async def fail(_ports: Any) -> int:
        raise StoreUnavailableError

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 10:
            enough.set()
        await really_sleep(0)

    monkeypatch.setattr(relay_module, "relay_once", fail)
    monkeypatch.setattr("edge.relay.anyio.sleep", sleep)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_relay, house.ports)
        with anyio.fail_after(2):
            await enough.wait()
        tasks.cancel_scope.cancel()

    assert max(pauses) <= 15 * 1.2
