"""What is answered when the record fails, or knows better than the memory of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

from handlers.errors import StoreUnavailableError
from handlers.records.accounts import StrategyState
from handlers.store.memory import MemoryStore
from tests.builders import ManualClock
from tests.unit.edge.house import a_house, an_alert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


class Unreliable(MemoryStore):
    """A record that stops answering when it is told to."""

    async def fail(self, *_: Any) -> Any:
        raise StoreUnavailableError


async def test_what_cannot_be_recorded_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Unreliable(ManualClock())
    async with a_house(store=store) as house:
        await house.alert(an_alert())
        monkeypatch.setattr(store.signals, "record", store.fail)

        answer = await house.alert(an_alert(action="sell"))

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_record_that_takes_too_long_is_503(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: Any) -> Any:
        await anyio.sleep_forever()

    monkeypatch.setattr("edge.alerts.webhooks._RECORD_TIME", 0.01)
    monkeypatch.setattr(house.ports.store.signals, "record", hang)

    answer = await house.alert(an_alert())

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_body_that_does_not_arrive_is_408(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield b"{"
        await anyio.sleep_forever()

    monkeypatch.setattr("edge.alerts.webhooks._RECORD_TIME", 0.01)

    answer = await house.client.post(house.hook, content=stalling())

    assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")


async def test_token_that_cannot_be_looked_up_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Unreliable(ManualClock())
    async with a_house(store=store) as house:
        monkeypatch.setattr(store.identity, "recognise", store.fail)

        answer = await house.alert(an_alert())

    assert answer.status_code == 503


async def test_refusal_stands_where_it_cannot_be_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Unreliable(ManualClock())
    async with a_house(store=store) as house:
        await house.alert(an_alert())
        monkeypatch.setattr(store.signals, "record", store.fail)

        answer = await house.alert(b"{")

    assert answer.status_code == 400


async def test_fault_of_ours_is_503_and_shows_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fault(*_: Any) -> Any:
        raise ZeroDivisionError("inner workings")

    monkeypatch.setattr(house.ports.store.signals, "record", fault)

    answer = await house.alert(an_alert())

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "inner workings" not in answer.text
    assert "our fault" in answer.json()["message"]


async def test_strategy_paused_behind_the_caches_back_is_403(house: House) -> None:
    await house.alert(an_alert())
    await house.ports.store.catalogue.set_strategy_state(
        house.user, house.strategy.id, StrategyState.PAUSED
    )

    answer = await house.alert(an_alert(action="sell"))

    signals = await house.items("/api/signals")
    assert (answer.status_code, answer.json()["code"]) == (403, "strategy_paused")
    assert [signal["code"] for signal in signals] == ["strategy_paused", None]


async def test_strategy_resumed_behind_the_caches_back_is_not_refused(house: House) -> None:
    catalogue = house.ports.store.catalogue
    await catalogue.set_strategy_state(house.user, house.strategy.id, StrategyState.PAUSED)
    await house.alert(an_alert())
    await catalogue.set_strategy_state(house.user, house.strategy.id, StrategyState.ACTIVE)

    answer = await house.alert(an_alert())

    assert answer.status_code == 202


async def test_array_that_is_refused_in_part_is_accepted_for_the_rest(house: House) -> None:
    await house.post("/api/kill-switch", {"engaged": True, "allow_exits": True})

    answer = await house.alert([{"ticker": "BTCUSDT", "action": "exit"}, an_alert()])

    said = answer.json()
    assert answer.status_code == 202
    assert [one["status"] for one in said["signals"]] == ["accepted", "refused"]
    assert said["signals"][1]["code"] == "kill_switch_active"
    assert len(said["orders"]) == 1


async def test_refusal_that_the_record_wrote_down_is_not_written_twice(house: House) -> None:
    await house.post("/api/kill-switch", {"engaged": True, "allow_exits": True})

    await house.alert(an_alert())

    signals = await house.items("/api/signals")
    assert [signal["code"] for signal in signals] == ["kill_switch_active"]
