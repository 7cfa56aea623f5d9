"""One user's worker: take over, serve, and leave in order. The parts are rooms beside this one."""

from __future__ import annotations

import logging
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from handlers.errors import LeaseLostError, StoreUnavailableError
from handlers.orders.desk import Desk
from handlers.records.orders import Mark
from handlers.records.views import WorkerState
from telemetry.stages import Stage
from worker_runtime.announcer import Announcer
from worker_runtime.answers import Answers
from worker_runtime.backlog import Backlog
from worker_runtime.binding import bind_account
from worker_runtime.commands import Commands
from worker_runtime.comparing import Comparing
from worker_runtime.consumer import Consumer, Receipts
from worker_runtime.events import Listener
from worker_runtime.execution import Execution, Reactions
from worker_runtime.leases import LeaseKeeper
from worker_runtime.pace import Pauses
from worker_runtime.recovery import Recovery
from worker_runtime.session import SessionParts, SessionState
from worker_runtime.sessions import Sessions
from worker_runtime.supervise import supervised

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from anyio.abc import TaskGroup, TaskStatus

    from broker_adapters.base import Broker
    from bus.values import AccountId
    from handlers.records.accounts import Account
    from handlers.records.orders import Lease, Order
    from worker_runtime.drain import Drain
    from worker_runtime.health import Health
    from worker_runtime.ports import Ports

    Task = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


class Ending(StrEnum):
    """Why a worker left."""

    DRAINED = "drained"
    LEASE_LOST = "lease_lost"
    NOT_WANTED = "not_wanted"


class Worker:
    """Serves one user under one lease."""

    def __init__(self, lease: Lease, ports: Ports, *, drain: Drain, health: Health) -> None:
        work, clock, pace = ports.store.work, ports.clock, ports.pace
        self._lease = lease
        self._ports = ports
        self._drain = drain
        self._health = health
        self._pace = pace
        self._announcer = Announcer(ports.bus.broadcast)
        self._receipts = Receipts()
        self._answers = Answers(ports.bus.replies, lease.user_id)
        self._keeper = LeaseKeeper(lease, ports.store.leases, clock=clock, pace=pace)
        self._listener = Listener(work, on_change=self._nudge_backlog, pace=pace)
        parts = SessionParts(
            open_broker=ports.open_broker,
            make_desk=self._desk,
            bind=partial(bind_account, ports.store.accounts),
            listen=self._listener.listen,
            on_open=self._wake,
            clock=clock,
            pace=pace,
        )
        self._sessions = Sessions(parts, user=lease.user_id, catalogue=ports.store.catalogue)
        self._recovery = Recovery(
            lease,
            ports,
            sessions=self._sessions,
            on_found=partial(self._announcer.note, lease.user_id),
            on_resolved=self._resolved,
        )
        self._execution = Execution(
            self._keeper,
            self._sessions,
            drain=drain,
            reactions=Reactions(
                on_unknown=self._recovery.nudge,
                on_change=health.stir,
                on_denied=partial(self._announcer.note, lease.user_id),
            ),
            ports=ports,
        )
        self._backlog = Backlog(
            work, lease.user_id, execute=self._queue, cancel=self._queue_cancel, pace=pace
        )

    async def serve(self) -> Ending:
        """Take over, serve until drained or robbed of the lease, and give the lease back."""
        ending = Ending.DRAINED
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._keeper.run)
                tasks.start_soon(self._announcer.run)
                tasks.start_soon(self._receipts.run)
                tasks.start_soon(self._answers.run)
                # The mark only says where to look for the worker; it takes no order by it.
                signs = await tasks.start(self._show_signs_of_life)
                unresolved = await self._take_over()
                if unresolved is not None:
                    await self._serve(unresolved, signs)
                tasks.cancel_scope.cancel()
        except* LeaseLostError:
            _log.warning("lease_lost", extra={"user_id": str(self._lease.user_id)})
            ending = Ending.LEASE_LOST
        finally:
            await self._health.unmark(self._lease.user_id)
            await self._keeper.release()
        return ending

    async def _take_over(self) -> Sequence[Order] | None:
        """Turn what an older epoch left in mid-send into `unknown`, before anything else."""
        pauses = Pauses(self._pace)
        while not self._drain.is_begun:
            try:
                unresolved = await self._ports.store.work.take_over(self._lease)
            except StoreUnavailableError:
                await anyio.sleep(pauses.take())
                continue
            return unresolved
        return None

    async def _serve(self, unresolved: Sequence[Order], signs: anyio.CancelScope) -> None:
        async with self._sessions.running(), anyio.create_task_group() as tasks:
            tasks.start_soon(self._execution.run)
            async with anyio.create_task_group() as intake:
                for name, task in self._intake(intake, unresolved).items():
                    intake.start_soon(supervised, task, name, self._pace)
                await self._drain.wait()
                # Unmarked before the list is left: the next hint then asks for another worker.
                signs.cancel()
                await self._health.unmark(self._lease.user_id)
                intake.cancel_scope.cancel()
            await self._leave()
            tasks.cancel_scope.cancel()

    async def _leave(self) -> None:
        """Finish what is in hand, and let it be seen meanwhile."""
        lease = self._lease
        draining = partial(self._health.write, user=lease.user_id, epoch=lease.epoch)
        async with anyio.create_task_group() as leaving:
            leaving.start_soon(draining, WorkerState.DRAINING)
            with anyio.move_on_after(self._pace.drain):
                await self._execution.finish()

    def _intake(self, tasks: TaskGroup, unresolved: Sequence[Order]) -> dict[str, Task]:
        """Return what brings work in; all of it stops when the worker begins to leave."""
        commands = Commands(
            user=self._lease.user_id,
            tasks=tasks,
            orders=self._ports.store.orders,
            clock=self._ports.clock,
            execution=self._execution,
            sessions=self._sessions,
            comparing=Comparing(
                self._lease,
                self._ports.store.comparisons,
                self._sessions,
                clock=self._ports.clock,
                on_change=self._backlog.nudge,
            ),
            receipts=self._receipts,
            answers=self._answers,
            begin_drain=self._drain.begin,
            on_change=self._backlog.nudge,
        )
        self._consumer = Consumer(
            self._ports.bus.hints, self._lease, take=commands.take, pace=self._pace
        )
        return {
            "consumer": self._consumer.run,
            "recovery": partial(self._recovery.run, unresolved),
            "search": partial(self._look_around, tasks),
            "idle": self._watch_idle,
        }

    async def _look_around(self, tasks: TaskGroup) -> None:
        """Look for what no command brings, a moment after the first command could be served."""
        await anyio.sleep(self._pace.settle_in)
        tasks.start_soon(supervised, self._backlog.run, "backlog", self._pace)
        tasks.start_soon(supervised, self._open_working_desks, "desks", self._pace)
        tasks.start_soon(supervised, self._forget_inflight, "inflight", self._pace)

    async def _show_signs_of_life(self, *, task_status: TaskStatus[anyio.CancelScope]) -> None:
        with anyio.CancelScope() as scope:
            task_status.started(scope)
            beat = partial(self._health.beat, self._lease, self._state)
            await supervised(beat, "beat", self._pace)

    def _state(self) -> WorkerState:
        """Say in one word how the worker is."""
        if self._drain.is_begun:
            return WorkerState.DRAINING
        states = {each.state for each in self._sessions.sessions.values()}
        if not self._keeper.may_send or states & {SessionState.FAILED, SessionState.REFUSED}:
            return WorkerState.DEGRADED
        if SessionState.CONNECTING in states:
            return WorkerState.CONNECTING
        return WorkerState.PROCESSING if self._execution.under_way else WorkerState.ACTIVE

    async def _open_working_desks(self) -> None:
        """Open the sessions of accounts whose fills may come at any time, or are not all told."""
        work, user = self._ports.store.work, self._lease.user_id
        orders = (*await work.working(user), *await work.untold(user))
        for account in {order.account_id for order in orders}:
            await self._sessions.open(account)

    async def _forget_inflight(self) -> None:
        """Drop what older epochs had in hand: the take-over has read the truth about it."""
        user, epoch = self._lease.user_id, self._lease.epoch
        with suppress(TransportUnavailableError):
            await self._ports.bus.hints.forget_inflight(user, before_epoch=epoch)

    async def _watch_idle(self) -> None:
        """Leave after a long time without work, if none is left anywhere."""
        while True:
            idle_for = self._ports.clock.monotonic() - self._execution.last_work_at
            if idle_for < self._pace.idle_after:
                await anyio.sleep(self._pace.idle_after - idle_for)
            elif await self._ports.store.work.has_work(self._lease.user_id):
                await anyio.sleep(self._pace.idle_after / 10)
            else:
                self._drain.begin("idle")
                return

    def _desk(self, account: Account, broker: Broker) -> Desk:
        return Desk(
            orders=self._ports.store.orders,
            work=self._ports.store.work,
            clock=self._ports.clock,
            lease=self._lease,
            account=account,
            broker=broker,
            tell=self._announcer.tell,
        )

    def _queue(self, order: Order) -> None:
        mark = Mark(stage=Stage.DELIVERED, at=self._ports.clock.now(), evidence={"by": "backlog"})
        self._execution.execute(order.account_id, order.id, marks=(mark,), trace_id=order.trace_id)

    def _queue_cancel(self, order: Order) -> None:
        self._execution.cancel(order.account_id, order.id, trace_id=order.trace_id)

    def _nudge_backlog(self) -> None:
        self._backlog.nudge()

    def _resolved(self, order: Order) -> None:
        """What the order blocked may go on, and a reversal's second leg may be there."""
        self._backlog.nudge()
        self._execution.wake(order.account_id)

    def _wake(self, account: AccountId) -> None:
        self._execution.wake(account)
        self._health.stir()
