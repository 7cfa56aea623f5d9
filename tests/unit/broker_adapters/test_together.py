"""Several questions at once: answers in order, errors as they are."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest

from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.together import together

pytestmark = pytest.mark.anyio


async def test_answers_come_in_the_order_of_the_questions() -> None:
    second_is_done = anyio.Event()

    async def first() -> str:
        await second_is_done.wait()
        return "first"

    async def second() -> str:
        second_is_done.set()
        return "second"

    with anyio.fail_after(5):
        assert await together(first, second) == ["first", "second"]


async def test_nothing_is_asked_for_nothing() -> None:
    assert await together() == []


async def test_an_error_ends_the_others_and_comes_out_as_it_is() -> None:
    ended: list[bool] = []

    async def for_ever() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    async def broken() -> None:
        await anyio.lowlevel.checkpoint()
        raise BrokerUnavailableError("no answer")

    with anyio.fail_after(5), pytest.raises(BrokerUnavailableError, match="no answer"):
        await together(for_ever, broken)
    assert ended == [True]


async def test_whoever_waits_may_be_cancelled() -> None:
    with anyio.move_on_after(0.01) as scope:
        await together(anyio.sleep_forever, anyio.sleep_forever)

    assert scope.cancelled_caught
