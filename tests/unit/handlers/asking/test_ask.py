"""Asking a worker: the question reaches it, a worker is seen to, and the wait has an end."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.base import Destination
from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.messages import ProbeAccount, StartWorker
from bus.values import AccountId, SystemClock, UserId, WorkerId
from handlers.asking.ask import ask_worker
from handlers.asking.replies import Reply, done, encode_reply

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.bundle import Bus

pytestmark = pytest.mark.anyio

CLOCK = SystemClock()


@asynccontextmanager
async def a_bus() -> AsyncGenerator[Bus, None]:
    async with open_memory_bus(CLOCK) as bus:
        with anyio.fail_after(8):
            yield bus


def a_question() -> ProbeAccount:
    return ProbeAccount(user_id=UserId(uuid7()), account_id=AccountId(uuid7()), request=uuid7())


async def ask(bus: Bus, question: ProbeAccount, *, seconds: float) -> Reply:
    within = timedelta(seconds=seconds)
    return await ask_worker(question, question.request, bus, clock=CLOCK, within=within)


async def answer(bus: Bus, question: ProbeAccount) -> None:
    """Do as a worker does: take the user's next command and answer it."""
    async with bus.hints.commands(question.user_id, 1) as commands:
        delivery = await anext(commands)
        assert delivery.envelope.message == question
        body = encode_reply(done("account_reachable"))
        await bus.replies.answer(question.user_id, question.request, body)


async def test_the_workers_answer_is_returned() -> None:
    question = a_question()
    async with a_bus() as bus, anyio.create_task_group() as tasks:
        await bus.hints.mark(question.user_id, WorkerId(uuid7()), ttl=timedelta(seconds=9))
        tasks.start_soon(answer, bus, question)

        assert (await ask(bus, question, seconds=5)).code == "account_reachable"


async def test_without_an_answer_the_wait_ends() -> None:
    async with a_bus() as bus:
        reply = await ask(bus, a_question(), seconds=0.05)

        assert (reply.is_ok, reply.code) == (False, "no_answer")


async def test_a_warm_worker_is_handed_the_user() -> None:
    question, worker = a_question(), WorkerId(uuid7())
    async with a_bus() as bus:
        await bus.pool.offer(worker)

        await ask(bus, question, seconds=0.05)

        claimed = await bus.pool.await_claim(worker, timeout=timedelta(seconds=1))
        assert claimed == question.user_id


async def test_without_a_warm_worker_one_is_asked_for() -> None:
    question = a_question()
    async with a_bus() as bus:
        await ask(bus, question, seconds=0.05)

        async with bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            wanted = (await anext(deliveries)).envelope.message
        assert isinstance(wanted, StartWorker)
        assert wanted.user_id == question.user_id


async def test_a_user_with_a_worker_gets_no_second_one() -> None:
    question, spare = a_question(), WorkerId(uuid7())
    async with a_bus() as bus:
        await bus.hints.mark(question.user_id, WorkerId(uuid7()), ttl=timedelta(seconds=9))
        await bus.pool.offer(spare)

        await ask(bus, question, seconds=0.05)

        assert await bus.pool.ready() == 1
