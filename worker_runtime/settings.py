"""What a worker and its host need to know before they start; read from the environment once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.settings import gateio_address, paper_venue_address
from bus.settings import BusSettings
from bus.settings import read_settings as read_bus_settings
from handlers.store.settings import StoreSettings
from worker_runtime.errors import WorkerSettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

POOL_SIZE_VARIABLE = "FOURPASS_POOL_SIZE"
_POOL_SIZE = 2
_LARGEST_POOL = 500
# Every user's worker keeps them from all the others: one while it waits, for its next order, and
# another while two lanes commit at the same time.
_CONNECTIONS = 2
_IDLE_S = 10.0


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that opening a worker or a host needs.

    Attributes:
        paper_venue: A paper venue that is a process of its own.
        gateio_url: Where Gate is, instead of where it really is.
        pool_size: How many warm workers wait for a user.
    """

    store: StoreSettings
    bus: BusSettings
    paper_venue: str | None = None
    gateio_url: str | None = None
    pool_size: int = _POOL_SIZE


def read_settings(environment: Mapping[str, str]) -> WorkerSettings:
    """Read the settings from environment variables.

    Raises:
        WorkerSettingsError: A variable is missing or cannot be understood; it is named.
        bus.errors.SettingsError: As above, of the bus.
        ValueError: As above, of the record.
    """
    store = StoreSettings.from_env(environment)
    return WorkerSettings(
        store=msgspec.structs.replace(store, pool_size=_CONNECTIONS, idle_s=_IDLE_S),
        bus=read_bus_settings(environment),
        paper_venue=paper_venue_address(environment),
        gateio_url=gateio_address(environment),
        pool_size=_pool_size(environment.get(POOL_SIZE_VARIABLE, "")),
    )


def _pool_size(text: str) -> int:
    if not text:
        return _POOL_SIZE
    if not text.isdecimal() or int(text) > _LARGEST_POOL:
        raise WorkerSettingsError(POOL_SIZE_VARIABLE, f"is no number up to {_LARGEST_POOL}")
    return int(text)
