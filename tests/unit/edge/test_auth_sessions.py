"""Where somebody is signed in, and ending that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.edge.people import a_browser, a_person, signed_in

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def test_list_shows_which_session_asks(house: House) -> None:
    ann = await a_person(house)
    await signed_in(house, ann)
    browser = a_browser(house, address="198.51.100.7", **{"User-Agent": "Newest"})
    await browser.sign_in(ann.email)

    items = (await browser.get("/api/auth/sessions")).json()["items"]

    assert [each["is_current"] for each in items] == [True, False]
    assert (items[0]["address"], items[0]["user_agent"]) == ("198.51.100.7", "Newest")
    assert "token" not in str(items)


async def test_ended_session_is_out_at_once(house: House) -> None:
    ann = await a_person(house)
    here, there = await signed_in(house, ann), await signed_in(house, ann)
    theirs = (await there.get("/api/auth/sessions")).json()["items"]
    (wanted,) = [each["id"] for each in theirs if each["is_current"]]

    answer = await here.send("DELETE", f"/api/auth/sessions/{wanted}")

    assert answer.status_code == 204
    assert (await there.get("/api/orders")).status_code == 401
    assert (await here.get("/api/orders")).status_code == 200


async def test_session_of_somebody_else_is_not_there(house: House) -> None:
    ann = await signed_in(house, await a_person(house))
    bob = await signed_in(house, await a_person(house, email="bob@example.org"))
    (wanted,) = (await ann.get("/api/auth/sessions")).json()["items"]

    answer = await bob.send("DELETE", f"/api/auth/sessions/{wanted['id']}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await ann.get("/api/orders")).status_code == 200


async def test_all_others_end_together(house: House) -> None:
    ann = await a_person(house)
    here, there = await signed_in(house, ann), await signed_in(house, ann)

    answer = await here.send("DELETE", "/api/auth/sessions")

    assert answer.status_code == 204
    assert (await there.get("/api/orders")).status_code == 401
    assert len((await here.get("/api/auth/sessions")).json()["items"]) == 1


async def test_what_is_done_at_the_door_stands_in_the_audit_log(house: House) -> None:
    browser = await signed_in(house)
    await browser.post("/api/api-keys", {"name": "x", "scopes": ["read"]})
    await browser.send("DELETE", "/api/auth/sessions")

    items = (await browser.get("/api/audit")).json()["items"]

    assert [each["action"] for each in items] == [
        "session.end_others",
        "api_key.create",
        "session.open",
    ]
    assert {each["actor"].partition(":")[0] for each in items} == {"session"}
    assert items[-1]["address"] == "203.0.113.9"
