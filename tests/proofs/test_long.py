"""The whole proofs, for `make prove`: as large as promised, and with guards removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proofs.chaos import Kills
from tests.proofs.run import Plan, prove, prove_at_gate
from tests.proofs.test_crashes import check, check_copies

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.long_prove, pytest.mark.timeout(900)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_thousand_alerts_under_fifty_kills(tmp_path: Path, seed: int) -> None:
    kills = Kills(workers=50, valkey=5, postgres=3)
    plan = Plan(alerts=1000, users=20, kills=kills, rate=20, seed=seed)

    check(await prove(plan, tmp_path), plan)


async def test_a_thousand_orders_at_gate_under_thirty_kills(tmp_path: Path) -> None:
    kills = Kills(workers=30, valkey=0, postgres=0)
    plan = Plan(alerts=1000, users=20, kills=kills, rate=20)

    check(await prove_at_gate(plan, tmp_path), plan)


async def test_four_copies_of_five_hundred_alerts_are_five_hundred_signals(tmp_path: Path) -> None:
    plan = Plan(
        alerts=500, users=20, kills=Kills(workers=0, valkey=0, postgres=0), copies=4, rate=50
    )

    check_copies(await prove(plan, tmp_path), plan)


@pytest.mark.parametrize("mutant", ["runs-again", "drops-what-it-held"])
async def test_house_without_a_guard_is_caught(tmp_path: Path, mutant: str) -> None:
    plan = Plan(
        alerts=300,
        users=5,
        kills=Kills(workers=40, valkey=0, postgres=0),
        workers=("tests.proofs.mutants", mutant),
        settle_within=20,
    )

    verdict = (await prove(plan, tmp_path)).verdict

    assert verdict.duplicated if mutant == "runs-again" else verdict.lost
