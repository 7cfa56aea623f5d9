"""One proof from end to end: alerts in, kills in between, and the verdict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio
import msgspec

from bus.values import SystemClock
from handlers.store.open import StoreSettings, open_store
from tests.proofs.chaos import Killed, Kills, make_trouble
from tests.proofs.load import Answers, alerts_of, send_all
from tests.proofs.oracle import Verdict, judge, wait_until_settled
from tests.proofs.parts import Hostility, running_house
from tests.proofs.seeding import seed_traders

if TYPE_CHECKING:
    from pathlib import Path


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
    """Run a plan and judge it."""
    results: list[Answers | Killed] = []
    async with running_house(logs, hostility=plan.hostility, worker_module=plan.workers) as house:
        settings = StoreSettings(database_url=house.database_url)
        async with open_store(settings, SystemClock()) as store:
            traders = await seed_traders(store, plan.users, base_url=house.base_url)
        alerts = alerts_of(traders, plan.alerts)
        killed = Killed()
        answers = Answers()

        async def load() -> None:
            results.append(
                await send_all(
                    alerts, rate=plan.rate, resend_after=plan.resend_after, copies=plan.copies
                )
            )

        async def trouble() -> None:
            within = plan.alerts / plan.rate
            results.append(
                await make_trouble(house, plan.kills, within=within, seed=plan.seed, say=say)
            )

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(load)
            tasks.start_soon(trouble)
        for result in results:
            if isinstance(result, Answers):
                answers = result
            else:
                killed = result
        await wait_until_settled(house, within=plan.settle_within)
        verdict = await judge(house, answers)
    say(f"{verdict}")
    return Proof(verdict=verdict, answers=answers, killed=killed)


def say(text: str) -> None:
    """Tell a person how far the proof is."""
    sys.stderr.write(f"{text}\n")
