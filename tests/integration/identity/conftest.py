"""Fixtures: the door as two processes have it, over one record and one Valkey."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.settings import parse_address
from bus.values import SystemClock, UserId
from handlers.identity.refused_sign_ins import RefusedSignIns
from handlers.identity.services import IdentityServices
from handlers.mail.queue import MailQueue
from handlers.store.open import StoreSettings, open_store
from handlers.throttle.open import open_throttle
from handlers.vault.box import memory_box
from tests.doors import ListMailer, QuickPasswords
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template
from tests.servers.valkey import empty_valkey

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from handlers.mail.base import Mail
    from handlers.vault.base import SecretBox

PASSWORD = "correct horse battery staple"


@pytest.fixture
def outbox() -> list[Mail]:
    return []


@asynccontextmanager
async def a_door(
    dsn: str, valkey_url: str, box: SecretBox, outbox: list[Mail]
) -> AsyncGenerator[IdentityServices]:
    clock = SystemClock()
    async with (
        open_store(StoreSettings(database_url=dsn), clock) as store,
        open_throttle(parse_address(valkey_url)) as throttle,
    ):
        yield IdentityServices(
            store=store,
            passwords=QuickPasswords(),
            throttle=throttle,
            box=box,
            mail=MailQueue(ListMailer(outbox)),
            refused=RefusedSignIns(store.audit, clock),
            clock=clock,
            public_url="https://4pass.example",
        )


@pytest.fixture
async def doors(outbox: list[Mail]) -> AsyncIterator[tuple[IdentityServices, IdentityServices]]:
    """Return two doors, each with a pool, connections and a memory of its own."""
    server, box = next(empty_valkey()), memory_box()
    with fresh_database(template=migrated_template()) as dsn:
        async with (
            a_door(dsn, server.url, box, outbox) as first,
            a_door(dsn, server.url, box, outbox) as second,
        ):
            yield first, second


async def a_person(door: IdentityServices, email: str = "ann@example.org") -> UserId:
    """Make a user with `PASSWORD`."""
    user = UserId(uuid7())
    kept = await door.passwords.hash(PASSWORD)
    await door.store.identity.add_user(user, email=email, password_hash=kept)
    return user
