"""What a worker and its host need to know before they start; read from the environment once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.settings import paper_venue_address, stand_ins
from bus.settings import BusSettings
from bus.settings import read_settings as read_bus_settings
from handlers.launcher.settings import SOCKET_VARIABLE
from handlers.launcher.told import read_launch
from handlers.launcher.wire import Launch
from handlers.store.settings import StoreSettings
from handlers.vault.settings import UnsealerSettings, read_unsealer_settings
from telemetry.export_settings import HOST_VARIABLE, ExportSettings, read_export_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

# Every user's worker keeps them from all the others: one while it waits, for its next order, and
# another while two lanes commit at the same time.
_CONNECTIONS = 2
_IDLE_S = 10.0
_HOST_VARIABLE = "FOURPASS_CONTROL_DATABASE_URL"


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that opening a worker or a host needs.

    Attributes:
        store: The record as the user's worker reaches it.
        host_store: The record as the host reaches it, which gives back the leases of the dead.
        paper_venue: A paper venue that is a process of its own.
        stand_ins: What stands in for real brokers, by their names.
        launcher_socket: Where a host is asked for workers by the control plane.
        task: The one worker that this process is; `None` for a host of workers.
        export: Who is told how the host fares.
    """

    store: StoreSettings
    host_store: StoreSettings
    bus: BusSettings
    unsealer: UnsealerSettings
    paper_venue: str | None = None
    stand_ins: dict[str, str] = {}
    launcher_socket: str | None = None
    task: Launch | None = None
    export: ExportSettings = ExportSettings()


def read_settings(environment: Mapping[str, str]) -> WorkerSettings:
    """Read the settings from environment variables.

    Raises:
        bus.errors.SettingsError: A variable of bus or task is missing or wrong; it is named.
        ValueError: As above, of the record and the vault.
    """
    named = StoreSettings.from_env(environment)
    store = msgspec.structs.replace(named, pool_size=_CONNECTIONS, idle_s=_IDLE_S)
    return WorkerSettings(
        store=msgspec.structs.replace(store, is_worker=True),
        host_store=_host_store(store, environment),
        bus=read_bus_settings(environment),
        unsealer=read_unsealer_settings(environment),
        paper_venue=paper_venue_address(environment),
        stand_ins=stand_ins(environment),
        launcher_socket=environment.get(SOCKET_VARIABLE) or None,
        task=read_launch(environment),
        export=read_export_settings(environment, metrics_variable=HOST_VARIABLE),
    )


def _host_store(store: StoreSettings, environment: Mapping[str, str]) -> StoreSettings:
    """Return the host's own login, if it has one; else the workers' is all there is."""
    if not environment.get(_HOST_VARIABLE):
        return store
    url = StoreSettings.from_env(environment, _HOST_VARIABLE).database_url
    return msgspec.structs.replace(store, database_url=url)
