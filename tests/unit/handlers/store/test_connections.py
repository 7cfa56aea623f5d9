"""How the record's driver is told to speak."""

from __future__ import annotations

import asyncpg
import pytest

from handlers.errors import StoreUnavailableError
from handlers.store.postgres.connections import tls_of, translated


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_server_of_this_machine_is_spoken_to_in_the_clear(host: str) -> None:
    assert tls_of(f"postgresql://somebody@{host}:5432/record") == {"ssl": False}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://somebody@db.internal:5432/record",
        "postgresql://somebody@127.0.0.1:5432/record?sslmode=require",
    ],
)
def test_elsewhere_the_address_decides(url: str) -> None:
    assert tls_of(url) == {}


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InvalidPasswordError("no"),
        asyncpg.InvalidAuthorizationSpecificationError("no"),
        asyncpg.InvalidCatalogNameError("no"),
        asyncpg.TooManyConnectionsError("no"),
        asyncpg.IdleInTransactionSessionTimeoutError("no"),
    ],
)
def test_a_database_that_lets_nobody_in_is_away(error: Exception) -> None:
    assert isinstance(translated(error), StoreUnavailableError)
