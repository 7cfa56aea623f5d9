"""Passwords: Argon2id in worker threads, a bounded number at a time, the same work for everybody.

RFC 9106 with 64 MiB and three passes; one lane each, in threads that give way to the event loop's.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
import unicodedata
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handlers.identity.errors import TooBusyError
from handlers.identity.password_rules import problem_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

T = TypeVar("T")

MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 1
_MOST_WAITING = 200
_MOST_SLOTS = 4
_NICENESS = 15


class Turn:
    """One of the slots, held."""

    def __init__(self, verify: Callable[[str | None, bytes], bool]) -> None:
        self._verify = verify

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Say whether it is the password; without a hash it takes as long, and is false."""
        work = partial(self._verify, password_hash, _canonical(password))
        # A caller that left waits for its thread, so the slot is free when the memory is.
        return await anyio.to_thread.run_sync(_giving_way, work)


class Passwords:
    """Hashes and checks passwords: `slots` at a time, 64 MiB each, off the event loop."""

    def __init__(self, *, slots: int | None = None) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._slots = anyio.CapacityLimiter(slots or min(_MOST_SLOTS, os.cpu_count() or 1))

    async def hash(self, password: str) -> str:
        """Return what is kept of a password.

        Raises:
            TooBusyError: Too many wait already.
        """
        return await self._run(partial(self._hasher.hash, _canonical(password)))

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[Turn]:
        """Wait for one of the slots, to check a password and count what came of it within it.

        Raises:
            TooBusyError: Too many wait already.
        """
        self._require_room()
        async with self._slots:
            yield Turn(self._verify)

    def is_outdated(self, password_hash: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    async def problem(self, password: str, *, email: str) -> str | None:
        """Say what is wrong with a password somebody chose, if anything."""
        return await self._run(partial(problem_of, password, email))

    @cached_property
    def _nobodys(self) -> str:
        """A hash whose password nobody knows, to check against where there is no user."""
        return self._hasher.hash(secrets.token_urlsafe(32))

    def _verify(self, password_hash: str | None, password: bytes) -> bool:
        nobodys = self._nobodys
        try:
            self._hasher.verify(password_hash or nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    async def _run(self, work: Callable[[], T]) -> T:
        self._require_room()
        return await anyio.to_thread.run_sync(_giving_way, work, limiter=self._slots)

    def _require_room(self) -> None:
        if self._slots.statistics().tasks_waiting >= _MOST_WAITING:
            raise TooBusyError


def _canonical(password: str) -> bytes:
    """Return one spelling for what looks and is typed alike (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _giving_way(work: Callable[[], T]) -> T:
    """Work in this thread with the lowest claim to a core: alerts are served before passwords.

    Linux keeps niceness by thread (sched(7)); elsewhere the slots alone have to do.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    return work()
