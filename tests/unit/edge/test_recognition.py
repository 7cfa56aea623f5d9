"""What a webhook token stands for, looked up and remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.memory import open_memory_bus
from bus.topics import STRATEGIES
from edge.kept.recognition import Recognition, hash_token
from handlers.records.accounts import Recognised, Strategy
from tests.builders import ManualClock, a_strategy, a_user, an_account

if TYPE_CHECKING:
    from bus.values import UserId

pytestmark = pytest.mark.anyio

TOKEN = "wh_" + "a" * 43


class Register:
    """The identities of the record: counts who asks, and can be made to wait."""

    def __init__(self) -> None:
        self.known: dict[bytes, Recognised] = {}
        self.asked = 0
        self.gate: anyio.Event | None = None

    def add(self, token: str) -> Strategy:
        account = an_account(a_user())
        strategy = a_strategy(account)
        self.known[hash_token(token)] = Recognised(
            strategy=strategy, accounts=(account,), is_switch_engaged=False
        )
        return strategy

    async def recognise(self, token_hash: bytes) -> Recognised | None:
        self.asked += 1
        found = self.known.get(token_hash)
        if self.gate is not None:
            await self.gate.wait()
        return found

    async def principal(self, key_hash: bytes) -> None:
        raise NotImplementedError

    async def add_user(self, user: UserId, *, email: str, password_hash: str) -> None:
        raise NotImplementedError

    async def has_users(self) -> bool:
        raise NotImplementedError


async def test_known_token_is_looked_up_once() -> None:
    register, recognition = _made()
    strategy = register.add(TOKEN)

    first = await recognition.recognise(TOKEN)
    again = await recognition.recognise(TOKEN)

    assert first is not None
    assert first is again
    assert first.strategy == strategy
    assert register.asked == 1


async def test_unknown_token_is_remembered_for_a_moment_too() -> None:
    register, recognition = _made()

    found = [await recognition.recognise(TOKEN) for _ in range(3)]

    assert found == [None, None, None]
    assert register.asked == 1


async def test_memory_ends_by_itself() -> None:
    clock = ManualClock()
    register = Register()
    recognition = Recognition(register, clock)
    register.add(TOKEN)
    await recognition.recognise(TOKEN)

    clock.go_on(timedelta(seconds=10))
    await recognition.recognise(TOKEN)

    assert register.asked == 2


async def test_many_who_ask_at_once_cost_one_look_up() -> None:
    register, recognition = _made()
    register.add(TOKEN)
    register.gate = anyio.Event()
    found: list[Recognised | None] = []

    async def ask() -> None:
        found.append(await recognition.recognise(TOKEN))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        register.gate.set()

    assert len([one for one in found if one is not None]) == 20
    assert register.asked == 1


async def test_answer_that_was_overtaken_by_a_change_is_not_remembered() -> None:
    register, recognition = _made()
    register.add(TOKEN)
    register.gate = anyio.Event()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(recognition.recognise, TOKEN)
        await anyio.wait_all_tasks_blocked()
        recognition.forget(None)
        register.gate.set()
    await recognition.recognise(TOKEN)

    assert register.asked == 2


async def test_forgetting_one_user_leaves_the_others() -> None:
    register, recognition = _made()
    theirs = register.add(TOKEN)
    other = TOKEN.replace("a", "b")
    register.add(other)
    await recognition.recognise(TOKEN)
    await recognition.recognise(other)

    recognition.forget(theirs.user_id)
    await recognition.recognise(TOKEN)
    await recognition.recognise(other)

    assert register.asked == 3


async def test_change_elsewhere_is_heard_over_the_bus() -> None:
    register, recognition = _made()
    strategy = register.add(TOKEN)

    async with open_memory_bus(ManualClock()) as bus, anyio.create_task_group() as tasks:
        tasks.start_soon(recognition.listen, bus.broadcast)
        await anyio.wait_all_tasks_blocked()
        await recognition.recognise(TOKEN)
        await bus.broadcast.announce(STRATEGIES, str(strategy.user_id).encode())
        await anyio.wait_all_tasks_blocked()
        await recognition.recognise(TOKEN)
        tasks.cancel_scope.cancel()

    assert register.asked == 2


async def test_flood_of_wrong_tokens_takes_bounded_memory() -> None:
    _, recognition = _made()

    for n in range(10_050):
        await recognition.recognise(f"wh_{n}")

    assert len(recognition) == 10_000


def _made() -> tuple[Register, Recognition]:
    register = Register()
    return register, Recognition(register, ManualClock())
