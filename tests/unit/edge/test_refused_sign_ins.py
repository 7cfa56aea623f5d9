"""Whoever is not let in leaves a trace in the log of whose door it was, and nothing they typed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from handlers.errors import StoreUnavailableError
from handlers.identity.refused_sign_ins import RefusedSignIns
from handlers.records.audit import Deed
from tests.builders import a_user
from tests.unit.edge.people import (
    PASSWORD,
    a_browser,
    a_person,
    code_of,
    signed_in,
    with_second_factor,
)

if TYPE_CHECKING:
    from handlers.records.audit import AuditEntry
    from tests.unit.edge.house import House
    from tests.unit.edge.people import Person

pytestmark = pytest.mark.anyio
WRONG = "my other password, typed by mistake"


async def told(house: House, person: Person) -> list[AuditEntry]:
    await house.ports.identity.refused.flush()
    entries = await house.ports.store.audit.after(person.id, 0, limit=1000)
    return [entry for entry in entries if entry.action == "session.refuse"]


async def test_wrong_password_is_told_with_where_it_came_from(house: House) -> None:
    ann = await a_person(house)
    browser = a_browser(house, address="198.51.100.66")

    await browser.sign_in(ann.email, WRONG)

    (entry,) = await told(house, ann)
    assert (entry.actor, entry.subject, entry.address) == (
        "stranger",
        f"user:{ann.id}",
        "198.51.100.66",
    )
    assert '"bad_credentials":1' in str(entry.after).replace(" ", "")


async def test_nothing_that_was_typed_is_kept(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    await with_second_factor(house, browser)
    stranger = a_browser(house)
    await stranger.sign_in(ann.email, WRONG)
    await stranger.sign_in(ann.email, totp="424242")

    entries = await told(house, ann)

    assert len(entries) >= 1
    assert not [each for each in (WRONG, PASSWORD, "424242") if each in repr(entries)]


async def test_right_password_with_a_wrong_code_is_told_as_what_it_is(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    seed = await with_second_factor(house, browser)

    await a_browser(house).sign_in(ann.email, totp="000000")
    await browser.post("/api/auth/step-up", {"totp": "000000"})
    missing = await a_browser(house).sign_in(ann.email)
    used = await a_browser(house).sign_in(ann.email, totp=code_of(house, seed))

    why = [msgspec.json.decode(str(each.after))["why"] for each in await told(house, ann)]
    assert (missing.json()["code"], used.status_code) == ("totp_required", 401)
    assert sum(each["bad_code"] for each in why) == 3
    assert {code for each in why for code in each} == {"bad_code"}


async def test_flood_is_few_entries_that_say_how_many(house: House) -> None:
    ann = await a_person(house)
    refused = house.ports.identity.refused
    deed = Deed(actor="stranger", action="session.refuse")
    for number in range(10_000):
        place = msgspec.structs.replace(deed, address=f"198.51.{number % 250}.7")
        refused.note(ann.id, "bad_credentials", place)

    entries = await told(house, ann)

    assert len(entries) == 1
    assert '"times":10000' in str(entries[0].after).replace(" ", "")
    assert len(str(entries[0].after)) < 500


async def test_within_a_minute_of_an_entry_the_next_waits(house: House) -> None:
    store, clock = house.ports.store, house.clock
    ann = await a_person(house)
    refused = RefusedSignIns(store.audit, clock)
    deed = Deed(actor="stranger", action="session.refuse")

    seen: list[int] = []
    for after in (0, 30, 29, 2):
        clock.go_on(timedelta(seconds=after))
        refused.note(ann.id, "bad_credentials", deed)
        await refused.tell_what_is_due()
        seen.append(len(await store.audit.after(ann.id, 0, limit=100)))

    assert seen == [1, 1, 1, 2]


async def test_unknown_address_leaves_nothing_to_tell(house: House) -> None:
    ann = await a_person(house)

    await a_browser(house).sign_in("nobody@example.org", WRONG)

    assert await told(house, ann) == []


async def test_what_the_record_did_not_take_is_told_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await a_person(house)
    refused = house.ports.identity.refused

    async def away(_entry: object) -> Any:
        raise StoreUnavailableError

    with monkeypatch.context() as outage:
        outage.setattr(house.ports.store.audit, "append", away)
        refused.note(ann.id, "bad_credentials", Deed(actor="stranger", action="session.refuse"))
        await refused.flush()

    assert len(await told(house, ann)) == 1


async def test_number_of_doors_that_are_remembered_is_bounded(house: House) -> None:
    refused = RefusedSignIns(house.ports.store.audit, house.clock)
    deed = Deed(actor="stranger", action="session.refuse")

    for _ in range(10_010):
        refused.note(a_user(), "bad_credentials", deed)

    assert len(refused) == 10_000
