"""Two users with a row in every table, and what their rows are at a given moment."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bus.ids import uuid7
from bus.values import OrderState
from handlers.records.alerts import Dedupe
from handlers.records.audit import NewAuditEntry
from handlers.records.comparison import Comparison, PositionDiffers
from handlers.records.people import MailedPurpose, NewKey, NewSession, Opening
from handlers.records.symbols import SymbolOverride
from handlers.records.views import WorkerView
from handlers.store.accounts import NewCredentials
from handlers.vault.base import Sealed
from tests.contract.store.house import TRACE_ID, TRACEPARENT, a_fill
from tests.contract.store.seats import at
from tests.contract.store.test_control_hops import a_look
from tests.integration.store import access
from tests.servers.roles import APP

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

# Tables whose rows say by what they belong to whose they are.
_OWNERS = {
    "strategy_id": "(SELECT s.user_id FROM strategies AS s WHERE s.id = t.strategy_id)",
    "order_id": "(SELECT o.user_id FROM orders AS o WHERE o.id = t.order_id)",
}


@dataclass(frozen=True, kw_only=True)
class Life:
    """A user, and the ids of what is theirs."""

    trader: Trader
    filled: Order
    queued: Order
    working: Order
    key: UUID
    override: SymbolOverride
    session: UUID
    session_hash: bytes
    worker: WorkerView
    comparison: Comparison


async def two_lives(house: House) -> tuple[Life, Life]:
    """Make two users who have used everything, at accounts that are a day old."""
    traders = [await house.trader(), await house.trader()]
    for trader in traders:
        await house.in_state(trader, OrderState.FILLED)
    await house.later(timedelta(days=1, hours=1, seconds=1).total_seconds())
    one, other = [await _a_life(house, trader) for trader in traders]
    return one, other


async def _a_life(house: House, trader: Trader) -> Life:
    store, user = house.store, trader.user
    lease = await store.leases.take(user, trader.lease.worker_id)
    assert lease is not None
    trader = replace(trader, lease=lease)
    sealed = Sealed(record=secrets.token_bytes(40), key_version=1)
    await store.accounts.put_credentials(
        user, trader.account.id, NewCredentials(sealed=sealed, hint="cdef")
    )
    filled = await house.sending(trader)
    # So many that a mark is left of them (`fold_marks`).
    fills = tuple(a_fill(filled, "0.0075") for _ in range(200))
    await house.settle(filled, OrderState.FILLED, fills=fills, filled_quantity=Decimal("1.5"))
    working = await house.in_state(trader, OrderState.ACCEPTED)
    await store.upkeep.due_checks(limit=1_000)
    await store.upkeep.note_hop(user, working.id, a_look(house))
    dedupe = Dedupe(hash=secrets.token_bytes(32), window=timedelta(seconds=60))
    await store.signals.record(house.signal(trader, dedupe=dedupe))
    manual = await store.signals.record_manual(
        user,
        house.order(trader),
        key="once",
        body_hash=secrets.token_bytes(32),
        trace=(TRACE_ID, TRACEPARENT),
    )
    assert manual is not None
    key = NewKey(id=uuid7(), name="mine", scopes=("read",))
    await store.keys.add(user, key, key_hash=secrets.token_bytes(32))
    session = NewSession(id=uuid7(), user_id=user, address="127.0.0.1", user_agent="x")
    session_hash = secrets.token_bytes(32)
    await store.sessions.open(Opening(session=session, token_hash=session_hash))
    await store.sessions.know_device(user, device_hash=secrets.token_bytes(32))
    await store.totp.enroll(user, b"sealed")
    await store.totp.confirm(user, step=1, code_hashes=[secrets.token_bytes(32)])
    await store.passwords.give_token(user, MailedPurpose.RESET, token_hash=secrets.token_bytes(32))
    await store.accounts.credentials(user, trader.account.id, opener=trader.lease.worker_id)
    await at(house, APP).accounts.credentials(user, trader.account.id)
    await store.audit.append(
        NewAuditEntry(user_id=user, actor="user", action="test", subject="test")
    )
    now = house.clock.now()
    worker = WorkerView(
        id=trader.lease.worker_id,
        user_id=user,
        state="active",
        epoch=trader.lease.epoch,
        pid=7,
        host="here",
        started_at=now,
        last_seen_at=now,
    )
    await store.workers.put(worker)
    override = SymbolOverride(
        id=uuid7(),
        user_id=user,
        broker="paper",
        account_id=trader.account.id,
        exchange=None,
        ticker="XBT",
        symbol="BTCUSDT",
        crosses=False,
    )
    return Life(
        trader=trader,
        filled=await house.load(filled.id),
        queued=manual[0],
        working=working,
        key=key.id,
        override=await store.symbols.put(override),
        session=session.id,
        session_hash=session_hash,
        worker=worker,
        comparison=await _compared(house, trader),
    )


async def _compared(house: House, trader: Trader) -> Comparison:
    comparisons, account = house.store.comparisons, trader.account.id
    await comparisons.due(limit=1_000)
    asked = await comparisons.ledger(trader.lease, account)
    assert asked is not None
    differs = PositionDiffers(symbols=("BTCUSDT",), recorded=Decimal("1.5"), at_venue=Decimal(2))
    result = Comparison(
        account_id=account,
        begins_at=asked.begins_at,
        at=house.clock.now(),
        since=asked.since,
        differences=(differs,),
    )
    assert await comparisons.keep(trader.lease, result)
    return result


def owner_in(table: str) -> str:
    """Return the SQL that says whose a row `t` of a table is."""
    column = access.TENANT[table][0]
    return _OWNERS.get(column, f"t.{column}")


async def rows_of(
    connection: asyncpg.Connection[asyncpg.Record], life: Life
) -> dict[str, list[str]]:
    """Return all that is this user's, by table, as the superuser sees it."""
    return {
        table: [
            row[0]
            for row in await connection.fetch(
                f"SELECT t::text FROM {table} AS t WHERE {owner_in(table)} = $1 ORDER BY 1",
                life.trader.user,
            )
        ]
        for table in access.TENANT
    }
