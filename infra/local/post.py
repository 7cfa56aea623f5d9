"""The post that a command works on: the one that is named, else the one that `up` runs here."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from bus.errors import BusError
from bus.open import open_bus
from bus.settings import BusSettings, read_settings
from infra.local import settings as names
from infra.local.board import read_board
from infra.local.embedded.emulator import NAME as EMULATOR
from infra.local.embedded.valkey import NAME as VALKEY
from infra.local.embedded.valkey import running_url
from infra.local.errors import LocalError
from infra.local.supervising.parts import PartState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from bus.bundle import Bus


@asynccontextmanager
async def open_post(environment: Mapping[str, str], folder: Path) -> AsyncGenerator[Bus]:
    """Open the post that the environment names, or the one that runs on the data folder.

    Raises:
        LocalError: None is named and none runs there, or it gave no answer.
    """
    try:
        async with open_bus(_settings(environment, folder)) as bus:
            yield bus
    except BusError as error:
        msg = f"the queues cannot be reached: {type(error).__name__}: {error}"
        raise LocalError(msg) from error


def _settings(environment: Mapping[str, str], folder: Path) -> BusSettings:
    if environment.get(names.VALKEY_VARIABLE):
        return read_settings(environment)
    running = {
        part.name: part.address or ""
        for part in read_board(folder).parts
        if part.state is PartState.READY
    }
    if VALKEY not in running:
        msg = f"nothing runs on {folder}: start `fourpass up` there, or set {names.VALKEY_VARIABLE}"
        raise LocalError(msg)
    told = {**environment, names.VALKEY_VARIABLE: running_url(folder)}
    if EMULATOR not in running:
        return read_settings(told)
    told |= {
        names.QUEUES_VARIABLE: "sqs",
        names.AWS_VARIABLE: f"http://{running[EMULATOR]}",
    }
    settings = read_settings(told)
    if settings.sqs is None:
        return settings
    sqs = msgspec.structs.replace(settings.sqs, signs_as_nobody=True)
    return msgspec.structs.replace(settings, sqs=sqs)
