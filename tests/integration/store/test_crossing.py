"""Two users, every method of every port, every role: nothing of another's is read or written."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import anyio
import asyncpg
import pytest

from bus.ids import uuid7
from bus.values import SystemClock, WorkerId
from handlers.errors import (
    AlreadyExistsError,
    NotFoundError,
    RecordRefusedError,
    RefusedError,
)
from handlers.records.comparison import Holdings
from handlers.store.open import open_store, pool_of
from handlers.store.postgres import PostgresStore
from tests.contract.store.conftest import postgres_house
from tests.contract.store.seats import CALLERS, open_each, settings_of
from tests.integration.store.attempts import EVERYBODYS, Asking
from tests.integration.store.lives import rows_of, two_lives
from tests.servers.postgres import fresh_database
from tests.servers.roles import APP, CONTROL, WORKER
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.values import UserId
    from handlers.store.base import Store
    from tests.contract.store.house import House
    from tests.integration.store.lives import Life

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

# What a refusal looks like that tells nothing.
_NOTHING = (NotFoundError, AlreadyExistsError, RefusedError, RecordRefusedError)
# What a role does not call, but could with what it may read: its policies give it its own user's
# rows, or as to the audit log the control plane everybody's. Where streams stand is the server's
# own count of transactions: it tells of nobody.
_UNDER_POLICIES = {
    APP: {"accounts.key_versions", "audit.after", "audit.end", "audit.users"},
    WORKER: {"streams.position"},
    CONTROL: {"audit.page", "streams.position"},
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Two users, and the record as each role opens it.

    Attributes:
        operator: The first user there was, and nobody else is one.
        liar: The record as the first user's worker has it, under that user's lease and no other.
        looking: The superuser's connection, to see what became of the other's rows.
    """

    house: House
    operator: UserId
    me: Life
    other: Life
    stores: dict[str, Store]
    liar: Store
    looking: asyncpg.Connection[asyncpg.Record]

    def asking(self, *, as_other: bool = False) -> Asking:
        trader = self.other.trader if as_other else self.me.trader
        return Asking(
            house=self.house, user=trader.user, lease=trader.lease, other=self.other
        )  # fmt: skip

    async def rows(self) -> dict[str, list[str]]:
        return await rows_of(self.looking, self.other)

    def names_in(self, answer: object) -> list[str]:
        """Return what of the other's is named in an answer."""
        other, trader = self.other, self.other.trader
        theirs = (
            trader.user, trader.account.id, trader.strategy.id, other.filled.id, other.queued.id,
            other.working.id, other.key, other.session, other.worker.id,
            other.filled.client_order_id,
        )  # fmt: skip
        return [str(each) for each in theirs if str(each) in repr(answer)]


@pytest.fixture
async def scene() -> AsyncGenerator[Scene]:
    async with AsyncExitStack() as stack:
        dsn = stack.enter_context(fresh_database(template=migrated_template()))
        house = await stack.enter_async_context(postgres_house(dsn))
        operator = await house.user()
        me, other = await two_lives(house)
        clock = SystemClock()
        liar = await stack.enter_async_context(open_store(settings_of(dsn, WORKER), clock))
        await house.store.leases.release(me.trader.lease)
        lease = await liar.leases.take(me.trader.user, WorkerId(uuid7()))
        assert lease is not None
        looking = await asyncpg.connect(dsn)
        stack.push_async_callback(looking.close)
        stores = await stack.enter_async_context(open_each(dsn, clock))
        await stack.enter_async_context(recording(stores[WORKER]))
        yield Scene(
            house=house,
            operator=operator,
            me=replace(me, trader=replace(me.trader, lease=lease)),
            other=other,
            stores=stores,
            liar=liar,
            looking=looking,
        )


@asynccontextmanager
async def recording(store: Store) -> AsyncGenerator[None]:
    """Have alerts leave for the record where nobody records any: it is the record that refuses."""
    assert isinstance(store, PostgresStore)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(store.recorder.fly)
        yield
        tasks.cancel_scope.cancel()


async def answer_to(attempt: Any, store: Store) -> object:
    """Return what was answered; a refusal that tells nothing is an answer."""
    try:
        return await attempt(store)
    except _NOTHING as error:
        return error


def callers_of(name: str) -> tuple[str, ...]:
    port, method = name.split(".")
    return CALLERS[port][method]


async def test_every_method_is_tried(scene: Scene) -> None:
    every = {f"{port}.{method}" for port, methods in CALLERS.items() for method in methods}
    there = {
        f"{port}.{method}"
        for port in CALLERS
        for method in dir(getattr(scene.stores[APP], port))
        if not method.startswith("_")
        and callable(getattr(getattr(scene.stores[APP], port), method))
    }

    assert scene.asking().all().keys() == every
    assert there == every
    assert every > EVERYBODYS


@pytest.mark.parametrize("role", [APP, WORKER, CONTROL])
async def test_a_role_is_refused_what_others_call(scene: Scene, role: str) -> None:
    before = await scene.rows()
    tried: dict[str, str] = {}
    for name, attempt in scene.asking().all().items():
        if role not in callers_of(name):
            tried[name] = str(await answer_to(attempt, scene.stores[role]))

    let_through = {name: said for name, said in tried.items() if "permission denied" not in said}
    assert let_through.keys() == _UNDER_POLICIES[role]
    assert scene.names_in(let_through.values()) == []
    assert len(tried) > 10
    assert await scene.rows() == before


@pytest.mark.parametrize("role", [APP, CONTROL])
async def test_a_user_reads_and_writes_nothing_of_another(scene: Scene, role: str) -> None:
    before = await scene.rows()
    tried = 0
    for name, attempt in scene.asking().all().items():
        if role not in callers_of(name) or name in EVERYBODYS:
            continue
        tried += 1
        answer = await answer_to(attempt, scene.stores[role])

        assert scene.names_in(answer) == [], name
        assert await scene.rows() == before, name

    assert tried > 4


@pytest.mark.parametrize("as_other", [False, True])
async def test_a_lying_worker_reads_and_writes_nothing_of_another(
    scene: Scene, *, as_other: bool
) -> None:
    before = await scene.rows()
    tried = 0
    for name, attempt in scene.asking(as_other=as_other).all().items():
        if WORKER not in callers_of(name):
            continue
        tried += 1
        answer = await answer_to(attempt, scene.liar)

        assert scene.names_in(answer) == [], name
        assert await scene.rows() == before, name

    assert tried > 15


async def test_a_lying_worker_compares_nothing_of_another(scene: Scene) -> None:
    lease, account = scene.other.trader.lease, scene.other.trader.account.id
    await scene.looking.execute("UPDATE comparisons SET state = 'asked', kept = NULL")
    before, comparisons = await scene.rows(), scene.liar.comparisons

    assert await comparisons.ledger(lease, account) is None
    assert await comparisons.holdings(lease, account) == Holdings()
    assert not await comparisons.keep(lease, scene.other.comparison)
    assert await scene.rows() == before


async def test_the_same_worker_reaches_all_of_its_own_users(scene: Scene) -> None:
    me, liar = scene.me, scene.liar
    user, account = me.trader.user, me.trader.account.id

    assert await liar.orders.load(me.filled.id) is not None
    assert await liar.accounts.credentials(user, account) is not None
    assert await liar.catalogue.accounts(user) != []
    assert await liar.work.working(user) != []
    assert await liar.work.has_work(user)
    assert await liar.leases.renew(me.trader.lease)


async def test_a_lease_that_was_lost_opens_no_credentials(scene: Scene) -> None:
    me, user = scene.me, scene.me.trader.user
    await scene.liar.leases.release(me.trader.lease)
    assert await scene.house.store.leases.take(user, WorkerId(uuid7())) is not None

    assert await scene.liar.accounts.credentials(user, me.trader.account.id) is None
    assert await scene.liar.work.working(user) == []
    assert await scene.liar.catalogue.accounts(user) == []


async def test_a_user_in_whose_name_the_edge_does_not_act_keeps_password_and_sessions(
    scene: Scene,
) -> None:
    before = await scene.rows()
    pool = pool_of(scene.stores[APP])
    assert pool is not None
    connection = await pool.acquire()
    for door, arguments in (
        ("set_own_password($1, 'evil')", (scene.other.trader.user,)),
        (
            "open_own_session(jsonb_build_object('user_id', $1::uuid), '', '', true)",
            (scene.other.trader.user,),
        ),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not for this user"):
            await connection.execute(f"SELECT {door}", *arguments)
    await pool.release(connection)

    assert await scene.rows() == before


async def test_an_operator_sees_workers_and_counts_and_nothing_that_is_traded(
    scene: Scene,
) -> None:
    asked = replace(scene.asking(), user=scene.operator).all()["watch.operations"]

    seen = await asked(scene.stores[APP])

    theirs = scene.other
    assert {worker.id for worker in seen.workers} >= {theirs.worker.id}
    assert seen.measured > 1
    assert {*scene.names_in(seen)} <= {str(theirs.trader.user), str(theirs.worker.id)}
    assert theirs.filled.symbol not in repr(seen)


async def test_operations_are_nobodys_whom_the_edge_does_not_name(scene: Scene) -> None:
    pool = pool_of(scene.stores[APP])
    assert pool is not None
    connection = await pool.acquire()

    seen = await connection.fetchval("SELECT operations_seen('-infinity', '9', '9')")
    await pool.release(connection)

    assert seen is None
