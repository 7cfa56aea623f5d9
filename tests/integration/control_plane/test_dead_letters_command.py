"""`fourpass dead-letters` on real servers: seen, said again, thrown away and written down."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import msgspec
import pytest

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import StartWorker
from bus.values import SystemClock
from handlers.records.views import Span
from infra.local.cli import main

if TYPE_CHECKING:
    from tests.integration.worker_runtime.hosts import World

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

CLOCK = SystemClock()


@pytest.fixture(autouse=True)
def environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell the command where record and post are."""
    for name in ("FOURPASS_DATABASE_URL", "FOURPASS_VALKEY_URL"):
        monkeypatch.setenv(name, world.environment[name])


async def bury(world: World) -> tuple[Any, str]:
    trader = await world.add_trader()
    message = StartWorker(
        user_id=trader.user, cause=None, deadline=CLOCK.now() + timedelta(seconds=60)
    )
    envelope = seal(message, clock=CLOCK, dedup_id=uuid7().hex)
    await world.bus.publisher.publish(Destination.WORKER_CONTROL, envelope)
    async with world.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
        await (await anext(deliveries)).dead_letter("no room")
    return trader, str(envelope.id)


async def fourpass(*line: str) -> int:
    return await anyio.to_thread.run_sync(main, ["dead-letters", *line])


async def letters(world: World) -> int:
    return len(await world.bus.dead_letters.dead(Destination.WORKER_CONTROL, limit=9))


async def test_a_letter_is_listed_and_shown(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    _, letter = await bury(world)

    assert await fourpass("list") == 0
    listed = capsys.readouterr().out
    assert await fourpass("show", letter) == 0
    shown = msgspec.json.decode(capsys.readouterr().out)

    assert letter in listed
    assert "no room" in listed
    assert (shown["message_type"], shown["now_it_would"]) == ("start_worker", "start_worker")


async def test_an_empty_list_says_so_to_a_person(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    del world

    assert await fourpass("list") == 0
    assert capsys.readouterr().out == "nothing was set aside\n"

    assert await fourpass("list", "--json") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("verb", "comes_again"), [("replay", True), ("discard", False)])
async def test_what_is_done_with_a_letter_is_written_down(
    world: World, verb: str, *, comes_again: bool
) -> None:
    trader, letter = await bury(world)

    assert await fourpass(verb, letter) == 0

    [entry] = await world.store.audit.page(trader.user, Span(limit=9))
    assert (entry.action, entry.actor) == (f"dead_letter.{verb}", "operator:cli")
    assert await letters(world) == 0
    with anyio.move_on_after(1.0) as patience:
        async with world.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            await anext(deliveries)
    assert patience.cancelled_caught is not comes_again


async def test_a_letter_that_is_not_there_is_one_clear_line(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    del world
    wanted = str(uuid7())

    assert await fourpass("discard", wanted) == 1

    assert wanted in capsys.readouterr().err
