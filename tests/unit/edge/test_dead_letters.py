"""Dead letters: seen, said again, thrown away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bus.base import Destination
from bus.envelope import seal
from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.messages import StartWorker
from tests.builders import a_user

if TYPE_CHECKING:
    from bus.values import UserId
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

PATH = "/api/dead-letters"


async def bury(house: House, user: UserId | None = None) -> str:
    """Set a message aside, and return its letter's id."""
    bus = house.ports.bus
    envelope = seal(
        StartWorker(
            user_id=user or house.user,
            cause=None,
            deadline=house.clock.now() + timedelta(seconds=60),
        ),
        clock=house.clock,
        dedup_id=uuid7().hex,
    )
    await bus.publisher.publish(Destination.WORKER_CONTROL, envelope)
    async with bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
        await (await anext(aiter(deliveries))).dead_letter("no room")
    return str(envelope.id)


async def test_letter_says_what_and_why(house: House) -> None:
    letter_id = await bury(house)

    (letter,) = await house.items(PATH)

    assert letter["id"] == letter_id
    assert letter["destination"] == "worker-control"
    assert letter["message_type"] == "start_worker"
    assert (letter["reason"], letter["attempts"]) == ("no room", 1)
    assert letter["body"]["user_id"] == str(house.user)
    assert letter["dead_at"].endswith("Z")


async def test_letters_of_others_are_not_seen_and_cannot_be_touched(house: House) -> None:
    letter_id = await bury(house, a_user())

    replayed = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")
    discarded = await house.post(f"{PATH}/{letter_id}/discard")

    assert await house.items(PATH) == []
    assert (replayed.status_code, discarded.status_code) == (404, 404)


async def test_replayed_message_is_delivered_again_and_the_letter_is_gone(house: House) -> None:
    letter_id = await bury(house)

    answer = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")

    again = await house.next_start()
    assert answer.status_code == 202
    assert isinstance(again.message, StartWorker)
    assert str(again.id) != letter_id
    assert await house.items(PATH) == []


async def test_replay_repeated_after_an_hour_is_answered_the_same_and_says_nothing(
    house: House,
) -> None:
    letter_id = await bury(house)
    first = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")
    await house.next_start()
    house.clock.go_on(timedelta(hours=1))

    second = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")

    assert (first.status_code, second.status_code) == (202, 200)
    assert second.json() == first.json()
    with pytest.raises(TimeoutError):
        await house.next_start()
    assert len(await house.items("/api/audit")) == 1


async def test_replay_whose_letter_could_not_be_forgotten_is_not_said_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> bool:
        raise TransportUnavailableError

    letter_id = await bury(house)
    with monkeypatch.context() as patched:
        patched.setattr(house.ports.bus.dead_letters, "discard", away)
        first = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")
    await house.next_start()
    house.clock.go_on(timedelta(hours=1))

    second = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")

    assert (first.status_code, second.status_code) == (503, 200)
    with pytest.raises(TimeoutError):
        await house.next_start()
    assert await house.items(PATH) == []


async def test_replay_that_could_not_be_said_is_said_when_it_is_asked_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise TransportUnavailableError

    letter_id = await bury(house)
    with monkeypatch.context() as patched:
        patched.setattr(house.ports.bus.publisher, "publish", away)
        first = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")
    too_soon = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")
    house.clock.go_on(timedelta(seconds=31))

    second = await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")

    assert [first.status_code, too_soon.status_code, second.status_code] == [503, 503, 200]
    assert isinstance((await house.next_start()).message, StartWorker)


async def test_a_key_says_one_letter_again(house: House) -> None:
    one, other = await bury(house), await bury(house)
    await house.post(f"{PATH}/{one}/replay", idempotency="k")

    answer = await house.post(f"{PATH}/{other}/replay", idempotency="k")

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


async def test_replay_needs_a_key(house: House) -> None:
    letter_id = await bury(house)

    answer = await house.post(f"{PATH}/{letter_id}/replay")

    assert (answer.status_code, answer.json()["code"]) == (400, "missing_field")
    assert len(await house.items(PATH)) == 1


async def test_discarded_letter_is_gone_for_good(house: House) -> None:
    letter_id = await bury(house)

    first = await house.post(f"{PATH}/{letter_id}/discard")
    second = await house.post(f"{PATH}/{letter_id}/discard")

    assert (first.status_code, second.status_code) == (200, 404)
    assert await house.items(PATH) == []


async def test_letter_says_what_saying_it_again_would_do(house: House) -> None:
    await bury(house)
    house.clock.go_on(timedelta(minutes=5))

    (letter,) = await house.items(PATH)

    assert (letter["now_it_would"], letter["age_s"]) == ("start_worker", 300)


@pytest.mark.parametrize("verb", ["replay", "discard"])
async def test_what_is_done_to_a_letter_stands_in_the_audit_log(house: House, verb: str) -> None:
    letter_id = await bury(house)

    await house.post(f"{PATH}/{letter_id}/{verb}", idempotency="k")

    (entry,) = await house.items("/api/audit")
    assert entry["action"] == f"dead_letter.{verb}"
    assert entry["subject"] == f"dead_letter:{letter_id}"
    assert entry["before"]["type"] == "start_worker"


async def test_a_start_said_again_is_wanted_from_now_on(house: House) -> None:
    letter_id = await bury(house)
    house.clock.go_on(timedelta(hours=1))

    await house.post(f"{PATH}/{letter_id}/replay", idempotency="k")

    again = (await house.next_start()).message
    assert isinstance(again, StartWorker)
    assert again.deadline > house.clock.now()
