"""What happens to a house in a proof: its parts are killed, at random times."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import anyio
import asyncpg
import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proofs.parts import House

_FIND_SECONDS = 10.0


class Kills(msgspec.Struct, frozen=True, kw_only=True):
    """How often each part is killed while the alerts come in."""

    workers: int
    valkey: int
    postgres: int


@dataclass(slots=True)
class Killed:
    """What was really killed."""

    workers: int = 0
    valkey: int = 0
    postgres: int = 0
    log: list[str] = field(default_factory=list[str])


async def make_trouble(
    house: House, kills: Kills, *, within: float, seed: int, say: Callable[[str], None]
) -> Killed:
    """Kill each part as often as asked for, spread at random over the time."""
    random = Random(seed)
    killed = Killed()
    plan = [
        *((random.uniform(0, within), "worker") for _ in range(kills.workers)),
        *((random.uniform(0, within), "valkey") for _ in range(kills.valkey)),
        *((random.uniform(0, within), "postgres") for _ in range(kills.postgres)),
    ]
    started = anyio.current_time()
    for at, what in sorted(plan):
        await anyio.sleep_until(started + at)
        say(f"{at:6.2f} s  kill {what}")
        match what:
            case "worker":
                killed.workers += await _kill_a_worker(house, random)
            case "valkey":
                await anyio.to_thread.run_sync(_restart_valkey, house)
                killed.valkey += 1
            case _:
                await anyio.to_thread.run_sync(_restart_postgres, house)
                killed.postgres += 1
    return killed


async def _kill_a_worker(house: House, random: Random) -> int:
    """Kill one worker that serves a user; 0 if none was found in time."""
    with anyio.move_on_after(_FIND_SECONDS):
        while True:
            pids = await _serving_pids(house)
            random.shuffle(pids)
            for pid in pids:
                try:
                    house.kill_worker(pid)
                except ProcessLookupError:
                    continue
                return 1
            await anyio.sleep(0.05)
    return 0


async def _serving_pids(house: House) -> list[int]:
    try:
        connection = await asyncpg.connect(house.database_url, timeout=2)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return []
    try:
        rows = await connection.fetch("SELECT pid FROM workers WHERE user_id IS NOT NULL")
        return [row["pid"] for row in rows]
    except (OSError, asyncpg.PostgresError):
        return []
    finally:
        connection.terminate()


def _restart_valkey(house: House) -> None:
    house.valkey.kill()
    house.valkey.start()


def _restart_postgres(house: House) -> None:
    house.postgres.kill()
    house.postgres.start()
