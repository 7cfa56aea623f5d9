"""The audit log from the command line: verified, exported, and found out when touched."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bus.ids import uuid7
from bus.values import SystemClock, UserId
from handlers.records.audit import NewAuditEntry
from handlers.store.open import StoreSettings, open_store
from tests.integration.embedded.a_stack import fourpass, up
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]


@pytest.fixture
def dsn() -> Iterator[str]:
    with fresh_database(template=migrated_template()) as address:
        yield address


async def write(dsn: str, count: int) -> UserId:
    user = UserId(uuid7())
    async with open_store(StoreSettings(database_url=dsn), SystemClock()) as store:
        await store.identity.add_user(user, email=f"{user}@example.org", password_hash="-")
        for n in range(count):
            await store.audit.append(
                NewAuditEntry(user_id=user, actor="house", action=f"thing.{n}", subject="x")
            )
    return user


async def run_sql(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def touched(dsn: str, user: UserId, n: int) -> None:
    change = f"UPDATE audit_entries SET actor = 'x' WHERE user_id = '{user}' AND n = {n}"
    off = "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_are_kept;"
    asyncio.run(run_sql(dsn, off + change))


def test_logs_that_nobody_touched_are_whole(dsn: str) -> None:
    users = [asyncio.run(write(dsn, count)) for count in (3, 1)]

    done = fourpass("audit", "verify", FOURPASS_DATABASE_URL=dsn)

    assert done.returncode == 0
    assert f"user {users[0]}: 3 entries, whole, ends in " in done.stdout
    assert f"user {users[1]}: 1 entries, whole, ends in " in done.stdout


def test_the_first_touched_entry_is_named_with_exit_1(dsn: str) -> None:
    whole, user = (asyncio.run(write(dsn, 4)) for _ in range(2))
    for n in (2, 4):
        touched(dsn, user, n)

    done = fourpass("audit", "verify", FOURPASS_DATABASE_URL=dsn)

    assert done.returncode == 1
    assert f"user {user}: BROKEN at entry 2\n" in done.stdout
    assert f"user {whole}: 4 entries, whole" in done.stdout


def test_one_users_log_is_verified_alone(dsn: str) -> None:
    whole, user = (asyncio.run(write(dsn, 2)) for _ in range(2))
    touched(dsn, user, 1)

    done = fourpass("audit", "verify", "--user", str(whole), FOURPASS_DATABASE_URL=dsn)

    assert (done.returncode, done.stdout.count("\n")) == (0, 1)


def test_the_export_has_every_entry_on_a_line(dsn: str) -> None:
    user, other = (asyncio.run(write(dsn, 2)) for _ in range(2))

    everybodys = fourpass("audit", "export", FOURPASS_DATABASE_URL=dsn)
    ones = fourpass("audit", "export", "--user", str(user), FOURPASS_DATABASE_URL=dsn)

    entries = [json.loads(line) for line in everybodys.stdout.splitlines()]
    assert {(entry["user_id"], entry["n"]) for entry in entries} == {
        (str(owner), n) for owner in (user, other) for n in (1, 2)
    }
    assert [json.loads(line)["action"] for line in ones.stdout.splitlines()] == [
        "thing.0", "thing.1",
    ]  # fmt: skip


def test_no_record_to_read_is_one_clear_line(data_dir: Path) -> None:
    done = fourpass("audit", "verify", "--data-dir", str(data_dir))

    assert done.returncode == 1
    assert done.stderr.startswith(f"fourpass: no record runs on {data_dir}: ")
    assert done.stderr.count("\n") == 1


def test_a_database_that_is_away_is_one_clear_line() -> None:
    away = "postgresql://u:hunter22@127.0.0.1:1/x"

    done = fourpass("audit", "verify", FOURPASS_DATABASE_URL=away)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "hunter22" not in done.stderr


def test_the_log_of_what_runs_here_is_found_by_its_folder(lived_in: Path) -> None:
    with up(lived_in):
        done = fourpass("audit", "verify", "--data-dir", str(lived_in))

    assert (done.returncode, done.stdout) == (0, "no log to verify\n")
