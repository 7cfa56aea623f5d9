"""A thousand bodies of noise at a real edge: no fault, no order, no growth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.attacks.fuzzing import fuzz
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template
from tests.servers.valkey import empty_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

MOST_GROWTH_MIB = 20


@pytest.fixture
def places() -> Iterator[tuple[str, str]]:
    """Return where a fresh record and an empty Valkey are."""
    server = next(empty_valkey())
    with fresh_database(template=migrated_template()) as dsn:
        yield dsn, server.url


@pytest.mark.timeout(120)
async def test_a_thousand_bodies_of_noise(places: tuple[str, str]) -> None:
    await check(places, count=1_000, seed=1)


@pytest.mark.long_prove
@pytest.mark.timeout(900)
async def test_ten_thousand_bodies_of_noise(places: tuple[str, str]) -> None:
    await check(places, count=10_000, seed=2)


async def check(places: tuple[str, str], *, count: int, seed: int) -> None:
    fuzzed = await fuzz(*places, count=count, seed=seed)

    assert fuzzed.faults == []
    assert fuzzed.statuses.total() == count
    assert fuzzed.statuses[400] > count // 4
    assert fuzzed.orders == 0
    assert fuzzed.grown_mib < MOST_GROWTH_MIB
    print(f"{count} bodies: {dict(fuzzed.statuses)}, grown by {fuzzed.grown_mib:.1f} MiB")  # noqa: T201 - the figures of the proof
