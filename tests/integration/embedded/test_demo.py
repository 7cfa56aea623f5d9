from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.values import SystemClock
from infra.local.demo import Demo, KeysGone, Made, make_demo
from infra.local.schema import bring_up_to_date
from tests.integration.embedded.watching import permissions

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.timeout(60)]

URL = "http://127.0.0.1:8000"


@pytest.fixture
async def dsn(postgres_dsn: str) -> str:
    await bring_up_to_date(postgres_dsn)
    return postgres_dsn


async def made(data_dir: Path, dsn: str) -> Demo | KeysGone:
    answer = await make_demo(data_dir, database_url=dsn, base_url=URL, clock=SystemClock())
    return answer.demo if isinstance(answer, Made) else answer


async def test_demo_of_an_earlier_start_is_the_same(data_dir: Path, dsn: str) -> None:
    first = await made(data_dir, dsn)

    assert isinstance(first, Demo)
    assert await made(data_dir, dsn) == first
    assert permissions(data_dir / "demo.json") == 0o600


async def test_deleted_file_is_told_and_no_second_demo_is_made(data_dir: Path, dsn: str) -> None:
    await made(data_dir, dsn)
    (data_dir / "demo.json").unlink()

    assert await made(data_dir, dsn) == KeysGone(has_broken_file=False)
    assert not (data_dir / "demo.json").exists()


async def test_half_written_file_is_kept_aside_and_told(data_dir: Path, dsn: str) -> None:
    await made(data_dir, dsn)
    file = data_dir / "demo.json"
    half = file.read_bytes()[:40]
    file.write_bytes(half)

    assert await made(data_dir, dsn) == KeysGone(has_broken_file=True)
    assert (data_dir / "demo.json.broken").read_bytes() == half
    assert not file.exists()


async def test_half_written_file_without_any_user_makes_way_for_a_new_demo(
    data_dir: Path, dsn: str
) -> None:
    (data_dir / "demo.json").write_text("{")

    assert isinstance(await made(data_dir, dsn), Demo)
