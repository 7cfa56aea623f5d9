"""The audit log: appended to, read, walked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import UserId
from handlers.audit_check import check_log
from handlers.errors import NotFoundError
from handlers.records.audit import AuditEntry, NewAuditEntry
from handlers.records.views import Span

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


def an_entry(user: UserId, **fields: Any) -> NewAuditEntry:
    asked: dict[str, Any] = {
        "user_id": user,
        "actor": "api_key:01a205d0-8fce-7638-b30a-52e32c3f23ee",
        "action": "strategy.pause",
        "subject": "strategy:01a205d0-8fce-7638-b30a-52e32c3f23ef",
        "before": {"state": "active"},
        "after": {"state": "paused"},
        "address": "192.0.2.7",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }
    return NewAuditEntry(**(asked | fields))


async def written(house: House, user: UserId, count: int) -> list[AuditEntry]:
    return [
        await house.store.audit.append(an_entry(user, action=f"thing.{n}")) for n in range(count)
    ]


async def test_an_entry_is_kept_as_it_was_given(house: House) -> None:
    user = await house.user()
    asked = an_entry(user, before={"ok": True, "n": "1.50", "名": ["a", None]}, after=None)

    kept = await house.store.audit.append(asked)

    assert msgspec.json.decode(kept.before or "") == asked.before
    assert kept.after is None
    assert (kept.user_id, kept.actor, kept.action, kept.subject, kept.address, kept.trace_id) == (
        user, asked.actor, asked.action, asked.subject, asked.address, asked.trace_id,
    )  # fmt: skip
    assert abs((kept.at - datetime.now(UTC)).total_seconds()) < 60


async def test_an_entry_may_have_little_to_say(house: House) -> None:
    user = await house.user()
    bare = NewAuditEntry(user_id=user, actor="house", action="a.b", subject="")

    kept = await house.store.audit.append(bare)

    assert (kept.before, kept.after, kept.address, kept.trace_id) == (None, None, None, None)


async def test_entries_are_counted_for_each_user(house: House) -> None:
    one, other = await house.user(), await house.user()

    numbers = [
        (await house.store.audit.append(an_entry(user))).n for user in (one, other, one, one)
    ]

    assert numbers == [1, 1, 2, 3]


async def test_values_of_secret_names_are_never_kept(house: House) -> None:
    user = await house.user()
    secrets = {"credentials": {"api_secret": "hush-1", "token": "hush-2"}, "password": "hush-3"}

    kept = await house.store.audit.append(an_entry(user, before=secrets, after=secrets))

    assert "hush" not in f"{kept.before}{kept.after}"


async def test_a_nul_in_a_text_is_no_reason_to_fail(house: House) -> None:
    user = await house.user()

    await house.store.audit.append(an_entry(user, after={"name": "a\0b"}, address="x"))

    assert (await check_log(house.store.audit, user)).broken_at is None


async def test_nobody_without_an_account_has_a_log(house: House) -> None:
    with pytest.raises(NotFoundError):
        await house.store.audit.append(an_entry(UserId(uuid7())))


async def test_pages_are_newest_first_and_follow_one_another(house: House) -> None:
    user = await house.user()
    entries = await written(house, user, 5)

    first = await house.store.audit.page(user, Span(limit=2))
    cut = first[-1]
    rest = await house.store.audit.page(user, Span(limit=9, before=(cut.at, str(cut.n))))

    assert [*first, *rest] == list(reversed(entries))


async def test_nobody_reads_anothers_log(house: House) -> None:
    user, other = await house.user(), await house.user()
    await written(house, user, 1)

    assert list(await house.store.audit.page(other, Span())) == []
    assert list(await house.store.audit.after(other, 0, limit=9)) == []
    assert await house.store.audit.end(other) is None


async def test_what_came_after_an_entry_is_oldest_first(house: House) -> None:
    user = await house.user()
    entries = await written(house, user, 4)

    after = await house.store.audit.after(user, 1, limit=2)

    assert list(after) == entries[1:3]


async def test_who_has_a_log_is_known(house: House) -> None:
    user, other = await house.user(), await house.user()
    await written(house, user, 1)

    users = await house.store.audit.users()

    assert user in users
    assert other not in users


async def test_a_log_that_nobody_touched_is_whole(house: House) -> None:
    user = await house.user()
    entries = await written(house, user, 3)

    checked = await check_log(house.store.audit, user)

    assert (checked.entries, checked.broken_at) == (3, None)
    assert checked.hash == entries[-1].hash


async def test_a_log_with_nothing_in_it_is_whole(house: House) -> None:
    checked = await check_log(house.store.audit, await house.user())

    assert (checked.entries, checked.broken_at) == (0, None)


async def test_a_long_log_is_walked_to_its_end(house: House) -> None:
    user = await house.user()
    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(written, house, user, 60)

    checked = await check_log(house.store.audit, user)

    assert (checked.entries, checked.broken_at) == (600, None)


async def test_a_log_that_grows_meanwhile_is_whole(house: House) -> None:
    user = await house.user()
    await written(house, user, 5)

    broken: list[int | None] = []

    async def check() -> None:
        for _ in range(10):
            broken.append((await check_log(house.store.audit, user)).broken_at)  # noqa: PERF401 - others run between

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(written, house, user, 40)
        tasks.start_soon(check)

    assert broken == [None] * 10
