"""Nothing is lost, sent twice or lied about while workers, Valkey and PostgreSQL are killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proofs.chaos import Kills
from tests.proofs.run import Plan, Proof, prove

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
    assert proof.killed.workers == plan.kills.workers
    assert verdict.needs_review <= plan.alerts * 0.005


async def test_a_slice_of_the_crash_proof(tmp_path: Path) -> None:
    plan = Plan(alerts=100, users=5, kills=Kills(workers=5, valkey=1, postgres=1))

    proof = await prove(plan, tmp_path)

    check(proof, plan)
