"""Doors for tests: passwords that cost nothing, and mail that is kept in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from typing_extensions import override

from handlers.identity.passwords import Passwords
from handlers.mail.base import Mailer

if TYPE_CHECKING:
    from handlers.mail.base import Mail


class QuickPasswords(Passwords):
    """Argon2id with the smallest parameters there are."""

    def __init__(self, *, slots: int | None = None) -> None:
        super().__init__(slots=slots)
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class ListMailer(Mailer):
    """Keeps what it is given."""

    def __init__(self, kept: list[Mail]) -> None:
        self._kept = kept

    @override
    async def send(self, mail: Mail) -> None:
        self._kept.append(mail)
