"""Who calls what of the record: the suite calls each method as the role that calls it for real."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from handlers.store.open import StoreSettings, open_store
from tests.servers.roles import APP, CONTROL, OWNER, WORKER, address_as

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from bus.values import Clock
    from handlers.store.base import Store
    from tests.contract.store.house import House

# By port and method, every role that calls it; the suite calls it as the first.
CALLERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "signals": {"record": (APP,), "record_manual": (APP,), "mark_hinted": (APP,)},
    "orders": {
        "load": (APP, WORKER, CONTROL),
        "load_some": (WORKER,),
        "by_client_id": (WORKER,),
        "claim": (WORKER,),
        "settle": (WORKER,),
        "settle_and_claim": (WORKER,),
        "deny": (WORKER,),
        "note_cancel_sent": (WORKER,),
        "request_cancel": (APP,),
    },
    "reviews": {"resolve": (APP,)},
    "work": {
        "take_over": (WORKER,),
        "sweep": (WORKER,),
        "oldest_queued": (WORKER,),
        "wanted_cancels": (WORKER,),
        "working": (WORKER,),
        "untold": (WORKER,),
        "pass_sibling": (WORKER,),
        "contracts": (WORKER,),
        "has_work": (WORKER, CONTROL),
    },
    "leases": {
        "take": (WORKER,),
        "renew": (WORKER,),
        "release": (WORKER,),
        "end": (CONTROL,),
        "holder": (APP, CONTROL),
    },
    "relay": {"due": (APP,), "expire_overdue": (APP,), "unattended": (APP,)},
    "switches": {"change": (APP,), "read": (APP,), "in_flight": (APP,)},
    "identity": {
        "recognise": (APP,),
        "principal": (APP,),
        "add_user": (APP,),
        "has_users": (APP,),
    },
    "catalogue": {
        "add_account": (APP,),
        "accounts": (APP, WORKER),
        "set_account_state": (APP,),
        "add_strategy": (APP,),
        "strategies": (APP,),
        "set_strategy_state": (APP,),
        "change_strategy": (APP,),
        "rotate_token": (APP,),
    },
    "accounts": {
        "put_credentials": (APP,),
        "credentials": (WORKER, APP),
        "bind_venue": (WORKER,),
        "delete": (APP,),
        "sealed_before": (OWNER,),
        "rewrap": (OWNER,),
        "key_versions": (OWNER,),
    },
    "workers": {"put": (WORKER,), "drop": (WORKER, CONTROL), "drop_others": (CONTROL,)},
    "queries": {
        "orders": (APP,),
        "order": (APP,),
        "signals": (APP,),
        "fills": (APP,),
        "positions": (APP,),
        "workers": (APP, CONTROL),
        "stream_after": (APP,),
    },
    "streams": {"position": (APP,), "fill": (APP,)},
    "passwords": {
        "credentials": (APP,),
        "note_sign_up": (APP,),
        "verify_sign_up": (APP,),
        "give_token": (APP,),
        "use_link": (APP,),
        "set_password": (APP,),
        "reset_password": (APP,),
    },
    "sessions": {
        "open": (APP,),
        "find": (APP,),
        "sessions": (APP,),
        "end": (APP,),
        "end_all": (APP,),
        "know_device": (APP,),
    },
    "totp": {
        "read": (APP,),
        "enroll": (APP,),
        "confirm": (APP,),
        "use_step": (APP,),
        "use_recovery_code": (APP,),
        "disable": (APP,),
    },
    "keys": {"add": (APP,), "keys": (APP,), "drop": (APP,)},
    "upkeep": {
        "due_checks": (APP, CONTROL),
        "note_check": (CONTROL,),
        "note_hop": (CONTROL,),
        "order_findings": (CONTROL,),
        "expire": (CONTROL,),
        "leases": (CONTROL,),
        "lost_workers": (CONTROL,),
    },
    "comparisons": {
        "due": (CONTROL,),
        "ledger": (WORKER,),
        "holdings": (WORKER,),
        "keep": (WORKER,),
        "latest": (APP,),
        "acknowledge": (APP,),
    },
    "symbols": {"overrides": (APP,), "put": (APP,), "drop": (APP,)},
    "answers": {"find": (APP,), "keep": (APP,), "finish": (APP,)},
    "watch": {
        "trails": (CONTROL,),
        "trail": (CONTROL,),
        "census": (CONTROL,),
        "operations": (APP,),
        "alerts": (CONTROL,),
    },
    "audit": {
        "append": (APP, CONTROL),
        "page": (APP,),
        "after": (CONTROL,),
        "end": (CONTROL,),
        "users": (CONTROL,),
    },
}
SEATED = (APP, WORKER, CONTROL, OWNER)


class _Port:
    """A port whose methods are each called at the store of the role that calls them."""

    def __init__(self, name: str, stores: Mapping[str, Store]) -> None:
        self._name = name
        self._stores = stores

    def __getattr__(self, method: str) -> Any:
        caller = CALLERS[self._name][method][0]
        return getattr(getattr(self._stores[caller], self._name), method)


class Seats:
    """A store made of one for each role."""

    def __init__(self, stores: Mapping[str, Store]) -> None:
        self.stores = stores

    def __getattr__(self, name: str) -> _Port:
        return _Port(name, self.stores)

    async def ping(self) -> None:
        for store in self.stores.values():
            await store.ping()


def at(house: House, role: str) -> Store:
    """Return the store of one role, for what others call first."""
    return cast("Seats", house.store).stores[role]


@asynccontextmanager
async def open_each(dsn: str, clock: Clock) -> AsyncGenerator[dict[str, Store]]:
    """Open the record once for every role, each by its own login."""
    async with AsyncExitStack() as stack:
        yield {
            role: await stack.enter_async_context(open_store(settings_of(dsn, role), clock))
            for role in SEATED
        }


def settings_of(dsn: str, role: str) -> StoreSettings:
    """Return what a process of this role is told."""
    return StoreSettings(database_url=address_as(dsn, role), is_worker=role == WORKER)


@asynccontextmanager
async def open_seats(dsn: str, clock: Clock) -> AsyncGenerator[Store]:
    """Open the record as all its callers together."""
    async with open_each(dsn, clock) as stores:
        yield cast("Store", Seats(stores))
