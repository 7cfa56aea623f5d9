"""What the health routes answer."""

from __future__ import annotations

import dataclasses

import pytest

from bus.errors import TransportUnavailableError
from bus.memory import open_memory_bus
from handlers.errors import StoreUnavailableError
from tests.builders import ManualClock, a_worker
from tests.unit.edge.house import a_house

pytestmark = pytest.mark.anyio


async def test_process_that_answers_lives() -> None:
    async with a_house() as house:
        answer = await house.client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_everything_there_is_ok() -> None:
    async with a_house() as house:
        await house.ports.bus.pool.offer(a_worker())

        answer = await house.client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "parts": {"postgres": "ok", "valkey": "ok", "workers": "ok"},
    }


async def test_no_worker_running_is_degraded() -> None:
    async with a_house() as house:
        answer = await house.client.get("/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["workers"] == "none"


async def test_valkey_away_is_degraded() -> None:
    async def fail() -> None:
        raise TransportUnavailableError

    clock = ManualClock()
    async with open_memory_bus(clock) as bus:
        away = dataclasses.replace(bus, ping=fail)
        async with a_house(bus=away, clock=clock) as house:
            answer = await house.client.get("/health/ready")

    assert (answer.status_code, answer.json()["parts"]["valkey"]) == (200, "down")
    assert answer.json()["status"] == "degraded"


@pytest.mark.parametrize(
    ("error", "state", "status"),
    [(None, "ok", "ok"), (TransportUnavailableError("https://queues"), "down", "degraded")],
)
async def test_queues_elsewhere_are_a_part_of_their_own(
    error: Exception | None, state: str, status: str
) -> None:
    async def answer() -> None:
        if error is not None:
            raise error

    clock = ManualClock()
    async with open_memory_bus(clock) as bus:
        elsewhere = dataclasses.replace(bus, ping_queues=answer)
        async with a_house(bus=elsewhere, clock=clock) as house:
            await house.ports.bus.pool.offer(a_worker())
            reply = await house.client.get("/health/ready")

    assert (reply.status_code, reply.json()["status"]) == (200, status)
    assert reply.json()["parts"]["sqs"] == state
    assert "https" not in reply.text


async def test_record_away_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise StoreUnavailableError

    async with a_house() as house:
        monkeypatch.setattr(house.ports.store, "ping", fail)

        answer = await house.client.get("/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert answer.json()["parts"]["postgres"] == "down"
