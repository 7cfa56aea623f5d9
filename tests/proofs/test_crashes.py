"""Nothing is lost, sent twice or lied about while workers, Valkey and PostgreSQL are killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proofs.chaos import Kills
from tests.proofs.run import Plan, Proof, prove, prove_at_gate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.prove, pytest.mark.timeout(240)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def check(proof: Proof, plan: Plan) -> None:
    verdict, answers = proof.verdict, proof.answers
    assert (verdict.lost, verdict.duplicated, verdict.lied) == ([], [], [])
    assert verdict.ledger_discrepancies == 0
    assert len(answers.promised) + len(answers.refused) + len(answers.unanswered) == plan.alerts
    assert not answers.refused
    assert verdict.sends >= plan.alerts * 0.9
    assert proof.killed.workers == plan.kills.workers
    assert verdict.needs_review <= plan.alerts * 0.005


def check_copies(proof: Proof, plan: Plan) -> None:
    verdict, answers = proof.verdict, proof.answers
    assert (verdict.lost, verdict.duplicated, verdict.lied) == ([], [], [])
    assert not answers.refused
    assert (answers.unanswered, answers.faults) == ([], [])
    assert answers.answered == plan.alerts * plan.copies
    assert all(len(ids) == 1 for ids in answers.signals.values())
    assert len({id_ for ids in answers.signals.values() for id_ in ids}) == plan.alerts
    assert verdict.orders == plan.alerts


async def test_a_slice_of_the_crash_proof(tmp_path: Path) -> None:
    plan = Plan(alerts=100, users=5, kills=Kills(workers=5, valkey=1, postgres=1))

    proof = await prove(plan, tmp_path)

    check(proof, plan)


async def test_a_slice_of_the_crash_proof_at_gate(tmp_path: Path) -> None:
    plan = Plan(alerts=60, users=4, kills=Kills(workers=3, valkey=0, postgres=0))

    proof = await prove_at_gate(plan, tmp_path)

    check(proof, plan)


async def test_copies_of_an_alert_are_one_signal(tmp_path: Path) -> None:
    plan = Plan(alerts=60, users=5, kills=Kills(workers=0, valkey=0, postgres=0), copies=4, rate=30)

    check_copies(await prove(plan, tmp_path), plan)
