"""The record that a command works on: the one that is named, else the one that `up` runs here."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bus.values import SystemClock
from handlers.errors import HandlersError
from handlers.store.open import StoreSettings, open_store
from infra.local.board import read_board
from infra.local.embedded.postgres import running_url
from infra.local.errors import LocalError
from infra.local.logins import CONTROL
from infra.local.settings import DATABASE_VARIABLE, named_database
from infra.local.supervising.parts import PartState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from handlers.store.base import Store

_PATIENCE_S = 10.0


class NoRecordError(LocalError):
    """None is named, and none runs here: whether one runs elsewhere is not known."""


@asynccontextmanager
async def open_record(
    environment: Mapping[str, str], folder: Path, *, role: str | None = CONTROL
) -> AsyncGenerator[Store]:
    """Open the record that the environment names, or the one that runs on the data folder.

    Args:
        environment: What names one, and by which login.
        folder: Where one may run.
        role: Who to be at the one that runs there; `None` is its superuser.

    Raises:
        NoRecordError: None is named and none runs there.
        LocalError: It gave no answer.
    """
    url = named_database(environment) or _embedded(folder, role)
    settings = StoreSettings(database_url=url, pool_size=2, deadline_s=_PATIENCE_S)
    try:
        async with open_store(settings, SystemClock()) as store:
            yield store
    except HandlersError as error:
        msg = f"the record cannot be read: {error}"
        raise LocalError(msg) from error


def _embedded(folder: Path, role: str | None) -> str:
    for part in read_board(folder).parts:
        if part.name == "postgres" and part.state is PartState.READY and part.address is not None:
            return running_url(folder, part.address, role)
    msg = f"no record runs on {folder}: start `fourpass up` there, or set {DATABASE_VARIABLE}"
    raise NoRecordError(msg)
