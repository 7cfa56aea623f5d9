"""Somebody with the database's own password touches the audit log: the walk names the entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from handlers.audit_check import check_log
from tests.contract.store.test_audit import an_entry

if TYPE_CHECKING:
    from bus.values import UserId
    from tests.contract.store.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_COLUMNS = (
    "at", "actor", "action", "subject", "before", "after", "address", "trace_id", "hash",
)  # fmt: skip
_SWAP = """
UPDATE audit_entries AS e SET {column} = o.{column} FROM audit_entries AS o
WHERE e.user_id = o.user_id AND (e.n, o.n) IN ((2, 3), (3, 2))
"""


@pytest.fixture
async def user(house: House) -> UserId:
    """A user with five entries, each different in every field."""
    user = await house.user()
    for n in range(5):
        await house.store.audit.append(
            an_entry(
                user,
                actor=f"api_key:{n}",
                action=f"thing.{n}",
                subject=f"order:{n}",
                before={"n": n},
                after={"n": n + 1},
                address=f"192.0.2.{n}",
                trace_id=f"{n:032x}",
            )
        )
    return user


async def tampered(dsn: str, statement: str) -> None:
    """Do what no role of the house may: switch the guard off, and write."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_are_kept;" + statement
        )
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor = 'api_key:9'",
        "action = 'thing.9'",
        "subject = 'order:9'",
        "before = NULL",
        "after = after || ' '",
        "address = NULL",
        "address = ''",
        "trace_id = upper(trace_id) || '0'",
        "hash = decode(repeat('ab', 32), 'hex')",
    ],
)
async def test_an_entry_that_was_changed_is_named(
    house: House, dsn: str, user: UserId, change: str
) -> None:
    await tampered(dsn, f"UPDATE audit_entries SET {change} WHERE n = 3")

    assert (await check_log(house.store.audit, user)).broken_at == 3


@pytest.mark.parametrize("gone", [1, 3, 5])
async def test_an_entry_that_was_deleted_is_named(
    house: House, dsn: str, user: UserId, gone: int
) -> None:
    await tampered(dsn, f"DELETE FROM audit_entries WHERE n = {gone}")

    assert (await check_log(house.store.audit, user)).broken_at == gone


async def test_entries_that_changed_places_are_found(house: House, dsn: str, user: UserId) -> None:
    await tampered(dsn, ";".join(_SWAP.format(column=column) for column in _COLUMNS))

    assert (await check_log(house.store.audit, user)).broken_at == 2


async def test_an_entry_moved_to_another_users_log_is_found(
    house: House, dsn: str, user: UserId
) -> None:
    other = await house.user()
    await house.store.audit.append(an_entry(other))

    await tampered(
        dsn,
        f"""
        DELETE FROM audit_entries WHERE user_id = '{other}';
        INSERT INTO audit_entries
        SELECT '{other}', n, at, actor, action, subject, before, after, address, trace_id, hash
        FROM audit_entries WHERE user_id = '{user}' AND n = 1
        """,
    )

    assert (await check_log(house.store.audit, other)).broken_at == 1


async def test_an_entry_that_nobody_appended_is_found(house: House, dsn: str, user: UserId) -> None:
    await tampered(
        dsn,
        """
        INSERT INTO audit_entries
        SELECT user_id, 6, at, actor, action, subject, before, after, address, trace_id, hash
        FROM audit_entries WHERE n = 5
        """,
    )

    assert (await check_log(house.store.audit, user)).broken_at == 6


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit_chains SET n = 4", 5),
        ("UPDATE audit_chains SET hash = decode(repeat('ab', 32), 'hex')", 5),
        ("DELETE FROM audit_chains", 1),
        ("DELETE FROM audit_entries", 1),
    ],
)
async def test_a_chain_whose_end_was_touched_is_found(
    house: House, dsn: str, user: UserId, change: str, broken_at: int
) -> None:
    await tampered(dsn, change)

    assert (await check_log(house.store.audit, user)).broken_at == broken_at
    assert user in await house.store.audit.users()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'x'",
        "UPDATE audit_entries SET actor = 'x' WHERE false",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
    ],
)
async def test_even_the_owner_is_refused_a_change(dsn: str, user: UserId, statement: str) -> None:
    assert user
    connection = await asyncpg.connect(dsn)
    try:
        with pytest.raises(asyncpg.RaiseError, match="append only"):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_no_role_is_granted_a_change_nor_is_the_owner(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        granted = await connection.fetch(
            "SELECT grantee FROM information_schema.table_privileges "
            "WHERE privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') AND (table_name = "
            "'audit_entries' OR (table_name = 'audit_chains' AND grantee <> 'fourpass_owner'))"
        )
    finally:
        await connection.close()

    assert granted == []
