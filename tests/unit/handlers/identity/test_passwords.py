"""Passwords: the parameters that are kept, and how much memory they may take together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from handlers.identity.errors import TooBusyError
from handlers.identity.passwords import MEMORY_KIB, PASSES, Passwords
from tests.doors import QuickPasswords

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery staple"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def verify(passwords: Passwords, password_hash: str | None, password: str) -> bool:
    async with passwords.turn() as turn:
        return await turn.verify(password_hash, password)


async def test_hash_is_argon2id_with_64_mib_and_three_passes() -> None:
    kept = extract_parameters(await Passwords().hash(PASSWORD))

    assert (kept.type, kept.memory_cost, kept.time_cost) == (Type.ID, 64 * 1024, 3)
    assert (MEMORY_KIB, PASSES) == (64 * 1024, 3)


async def test_right_password_is_known_again() -> None:
    passwords = QuickPasswords()
    kept = await passwords.hash(PASSWORD)

    assert await verify(passwords, kept, PASSWORD)
    assert not await verify(passwords, kept, PASSWORD + "x")


async def test_letters_that_look_alike_are_one_password() -> None:
    passwords = QuickPasswords()
    kept = await passwords.hash("Ångström-passphrase")

    assert await verify(passwords, kept, "A\u030angstro\u0308m-passphrase")


async def test_hash_that_is_none_is_a_wrong_password() -> None:
    assert not await verify(QuickPasswords(), "-", PASSWORD)


async def test_unknown_user_costs_one_hash_as_a_known_one_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    passwords = QuickPasswords()
    kept = await passwords.hash(PASSWORD)
    genuine = PasswordHasher.verify

    def counting(self: PasswordHasher, password_hash: str, password: bytes) -> bool:
        asked.append(password_hash[:15])
        return genuine(self, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)

    assert not await verify(passwords, None, PASSWORD)
    assert await verify(passwords, kept, PASSWORD)
    assert asked == [kept[:15]] * 2


async def test_hash_of_older_parameters_is_outdated() -> None:
    older = PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1).hash(PASSWORD)

    assert Passwords().is_outdated(older)
    assert not Passwords().is_outdated(await Passwords().hash(PASSWORD))


class CountingPasswords(QuickPasswords):
    """Counts how many hashes are under way at once, and lets them go together."""

    def __init__(self, slots: int) -> None:
        super().__init__(slots=slots)
        self.now, self.most = 0, 0
        self._lock = threading.Lock()

    def _verify(self, password_hash: str | None, password: bytes) -> bool:
        return self._counted(
            lambda: super(CountingPasswords, self)._verify(password_hash, password)
        )

    def _counted(self, work: Callable[[], bool]) -> bool:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return work()
        finally:
            with self._lock:
                self.now -= 1


async def test_fifty_sign_ins_at_a_time_take_the_memory_of_two() -> None:
    passwords = CountingPasswords(slots=2)

    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(verify, passwords, None, PASSWORD)

    assert passwords.most <= 2


async def test_more_than_200_that_wait_are_turned_away() -> None:
    passwords = QuickPasswords(slots=1)
    refused: list[int] = []

    async def ask(number: int) -> None:
        try:
            await verify(passwords, None, PASSWORD)
        except TooBusyError:
            refused.append(number)

    async with passwords.turn(), anyio.create_task_group() as tasks:
        for number in range(210):
            tasks.start_soon(ask, number)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()

    assert len(refused) == 10
