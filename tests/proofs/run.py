"""One proof from end to end: alerts in, kills in between, and the verdict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio
import msgspec

from bus.values import SystemClock
from handlers.store.open import StoreSettings, open_store
from tests.proofs.chaos import Killed, Kills, make_trouble
from tests.proofs.gate import gate_alerts_of, running_double
from tests.proofs.load import Answers, alerts_of, send_all
from tests.proofs.oracle import Verdict, judge, paper_books, wait_until_settled
from tests.proofs.parts import Hostility, running_house
from tests.proofs.seeding import seed_traders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from handlers.store.base import Store
    from tests.proofs.gate import Double
    from tests.proofs.load import Alert
    from tests.proofs.parts import House


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How large a proof is.

    Attributes:
        rate: Alerts a second, open loop.
        resend_after: Seconds between the sender's resends.
        workers: The module that runs the workers' host; a mutant where a guard is removed.
    """

    alerts: int
    users: int
    kills: Kills
    rate: float = 20.0
    resend_after: float = 2.0
    copies: int = 1
    seed: int = 1
    settle_within: float = 60.0
    hostility: Hostility = Hostility()
    workers: tuple[str, ...] = ("infra.local.cli", "worker")


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    verdict: Verdict
    answers: Answers
    killed: Killed


async def prove(plan: Plan, logs: Path) -> Proof:
    """Run a plan at the paper venue and judge it."""
    async with running_house(logs, hostility=plan.hostility, worker_module=plan.workers) as house:
        async with _store_of(house) as store:
            traders = await seed_traders(store, plan.users, base_url=house.base_url)
        answers, killed = await _under_kills(house, alerts_of(traders, plan.alerts), plan)
        verdict = await judge(house, answers, await paper_books(house))
    say(f"{verdict}")
    return Proof(verdict=verdict, answers=answers, killed=killed)


async def prove_at_gate(plan: Plan, logs: Path) -> Proof:
    """Run a plan at Gate's double and judge it by the double's own ledger."""
    with running_double(logs, seed=plan.seed) as double:
        verdict, answers, killed = await _proved_at(double, plan, logs)
    say(f"{verdict}")
    return Proof(verdict=verdict, answers=answers, killed=killed)


async def _proved_at(double: Double, plan: Plan, logs: Path) -> tuple[Verdict, Answers, Killed]:
    async with running_house(
        logs, hostility=plan.hostility, worker_module=plan.workers, gate_url=double.url
    ) as house:
        async with _store_of(house) as store:
            traders = await seed_traders(store, plan.users, base_url=house.base_url)
        at_gate = [await double.admit(trader, base_url=house.base_url) for trader in traders]
        await double.turn_hostile()
        answers, killed = await _under_kills(house, gate_alerts_of(at_gate, plan.alerts), plan)
        return await judge(house, answers, await double.books()), answers, killed


def _store_of(house: House) -> AbstractAsyncContextManager[Store]:
    return open_store(StoreSettings(database_url=house.database_url), SystemClock())


async def _under_kills(house: House, alerts: Sequence[Alert], plan: Plan) -> tuple[Answers, Killed]:
    """Send the alerts while parts are killed, and wait until nothing is on its way any more."""
    answered: list[Answers] = []
    killed: list[Killed] = []

    async def load() -> None:
        pace, copies = plan.resend_after, plan.copies
        answered.append(await send_all(alerts, rate=plan.rate, resend_after=pace, copies=copies))

    async def trouble() -> None:
        within = plan.alerts / plan.rate
        killed.append(await make_trouble(house, plan.kills, within=within, seed=plan.seed, say=say))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(load)
        tasks.start_soon(trouble)
    await wait_until_settled(house, within=plan.settle_within)
    return answered[0], killed[0]


def say(text: str) -> None:
    """Tell a person how far the proof is."""
    sys.stderr.write(f"{text}\n")
