"""The record's ports over PostgreSQL are all there, and made when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from bus.values import SystemClock
from handlers.store.base import Store
from handlers.store.postgres import PostgresStore
from handlers.store.settings import StoreSettings

if TYPE_CHECKING:
    from handlers.store.postgres.connections import Pool

PORTS = tuple(Store.__annotations__)


def a_store() -> PostgresStore:
    settings = StoreSettings(database_url="postgresql://nowhere/none")
    return PostgresStore(cast("Pool", None), settings, SystemClock())  # pyright: ignore[reportAbstractUsage] - the ports that it seems to lack are made when asked for


@pytest.mark.parametrize("port", PORTS)
def test_each_port_is_there_and_stays_the_same(port: str) -> None:
    store = a_store()

    made = getattr(store, port)

    assert made is not None
    assert getattr(store, port) is made


def test_what_nobody_asked_for_was_not_made() -> None:
    assert "totp" not in vars(a_store())


def test_there_is_no_port_of_another_name() -> None:
    with pytest.raises(AttributeError):
        _ = a_store().no_such_port
