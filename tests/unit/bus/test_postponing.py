"""What lacks something that is away is no poison: it is tried until nobody wants it any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.dispatch import Dispatcher, Publishing
from bus.envelope import Envelope, as_ns, seal
from bus.ids import uuid7
from bus.messages import StopWorker
from bus.values import SystemClock, UserId
from bus.verdicts import DeadLetter, Postpone
from tests.unit.bus.noted import Delivered, Post

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.messages import Message

pytestmark = pytest.mark.anyio

CLOCK = SystemClock()


async def find_nobody(_: StopWorker, diary: list[str]) -> Sequence[Message]:
    diary.append("handle")
    raise ConnectionError


def a_dispatcher(diary: list[str], *, post: Post | None = None) -> Dispatcher[list[str]]:
    return Dispatcher(
        {StopWorker: find_nobody},
        diary,
        judge=lambda _: Postpone(after=timedelta(seconds=2), reason="away"),
        publish=Publishing(post or Post(diary), CLOCK),
    )


def a_letter(*, ends: datetime | None = None) -> Envelope:
    message = StopWorker(user_id=UserId(uuid7()), reason="")
    return seal(message, clock=CLOCK, dedup_id="d", deadline=ends)


@pytest.mark.parametrize(("attempt", "pause"), [(1, 2), (2, 4)])
async def test_what_needs_something_that_is_away_comes_again_later_each_time(
    attempt: int, pause: int
) -> None:
    diary: list[str] = []
    letter = msgspec.structs.replace(a_letter(), attempt=attempt)

    await a_dispatcher(diary).dispatch(Delivered(letter, diary))

    assert diary == ["handle", f"retry {pause} away"]


async def test_its_last_attempt_says_it_anew_instead_of_setting_it_aside() -> None:
    diary: list[str] = []
    post = Post(diary)
    ends = CLOCK.now() + timedelta(seconds=60)
    letter = msgspec.structs.replace(a_letter(ends=ends), attempt=3)

    await a_dispatcher(diary, post=post).dispatch(Delivered(letter, diary))

    assert diary == ["handle", "publish worker-control", "ack"]
    [(_, anew)] = post.published
    kept = (letter.message, letter.group, letter.deadline_ns, letter.sent_at_ns)
    assert (anew.message, anew.group, anew.deadline_ns, anew.sent_at_ns) == kept
    assert (anew.attempt, anew.dedup_id) == (1, f"again:{letter.id}")
    assert anew.id != letter.id


async def test_what_could_not_be_said_anew_is_not_acknowledged() -> None:
    diary: list[str] = []
    letter = msgspec.structs.replace(a_letter(), attempt=3)
    dispatcher = a_dispatcher(diary, post=Post(diary, is_away=True))

    await dispatcher.dispatch(Delivered(letter, diary))

    assert diary == ["handle"]


@pytest.mark.parametrize(("attempt", "left"), [(1, 1.5), (2, 3.5), (3, 0)])
async def test_it_is_given_up_visibly_when_nobody_would_want_it_any_more(
    attempt: int, left: float
) -> None:
    diary: list[str] = []
    ends = CLOCK.now() + timedelta(seconds=left)
    letter = msgspec.structs.replace(a_letter(ends=ends), attempt=attempt)

    verdict = await a_dispatcher(diary).dispatch(Delivered(letter, diary))

    assert diary == ["handle", "dead given_up: away"]
    assert verdict == DeadLetter(reason="given_up: away")


@pytest.mark.parametrize(("age", "settled"), [(14, "retry 2 away"), (16, "dead given_up: away")])
async def test_without_a_deadline_it_is_given_up_after_a_quarter_of_an_hour(
    age: int, settled: str
) -> None:
    diary: list[str] = []
    sent_at_ns = as_ns(CLOCK.now() - timedelta(minutes=age))
    letter = msgspec.structs.replace(a_letter(), sent_at_ns=sent_at_ns)

    await a_dispatcher(diary).dispatch(Delivered(letter, diary))

    assert diary == ["handle", settled]
