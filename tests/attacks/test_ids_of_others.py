"""Every route, every place of an id in it, every kind of id: another's is as good as none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.attacks.grounds import BY_KEY, BY_SESSION, Owner, an_owner, says, seen_by
from tests.attacks.lines import ENDLESS, LINES, Line, address, by_key, with_own_ids
from tests.attacks.routes import Place, Route, described, id_places, routes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.edge.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


def ways() -> Iterator[tuple[Route, Line, Place, str]]:
    """Yield each route with each of its places, as each kind of caller can ask for it."""
    for route, line in LINES.items():
        for place in line.ids:
            for how in (BY_SESSION, BY_KEY) if by_key(route) else (BY_SESSION,):
                yield route, line, place, how


async def test_every_route_has_its_line_and_every_id_its_place(house: House) -> None:
    document = await described(house)
    known = {route: frozenset(line.ids) for route, line in LINES.items()}
    known[ENDLESS] = frozenset()

    assert {route: id_places(document, each) for route, each in routes_of(document)} == known


async def test_another_users_id_is_answered_as_an_unknown_one(
    house: House, victim: Owner, intruder: Owner, unknown: str
) -> None:
    before = await seen_by(victim)
    different: list[Any] = []
    asked = 0

    for route, line, place, how in ways():
        plain = says(
            await intruder.ask(house, how, route.method, *address(route, line, place, unknown))
        )
        refused = plain[0] == 404 if not is_filter(route, place) else plain[1]["items"] == []
        if not refused:
            different.append((route, place, "unknown", plain))
        for kind, stolen in victim.things.items():
            asked += 1
            told = address(route, line, place, stolen)
            if (answer := says(await intruder.ask(house, how, route.method, *told))) != plain and (
                _without(answer, stolen) != _without(plain, unknown)
            ):
                different.append((route, place, kind, answer))

    assert different == []
    assert asked > 500
    assert await seen_by(victim) == before


async def test_nothing_of_another_user_is_shown_or_changed_by_any_route(
    house: House, victim: Owner, intruder: Owner
) -> None:
    before = await seen_by(victim)
    secrets = [*victim.things.values(), victim.email, victim.key, victim.hook.rpartition("/")[2]]
    leaks: list[Any] = []

    for route, line in LINES.items():
        for how in (BY_SESSION, BY_KEY) if by_key(route) else (BY_SESSION,):
            told = with_own_ids(route, line, intruder)
            answer = await intruder.ask(house, how, route.method, *told)
            leaks += [(route, how, each) for each in secrets if each in answer.text]
            if answer.status_code >= 500:
                leaks.append((route, how, answer.text))
        if not by_key(route):
            await intruder.browser.sign_in(intruder.email)

    assert leaks == []
    assert await seen_by(victim) == before


async def test_stream_of_one_user_has_nothing_of_another(
    house: House, victim: Owner, intruder: Owner
) -> None:
    chunks: list[bytes] = []
    n = (await house.ports.store.queries.stream_after(intruder.id, 0, limit=1000))[-1].stream_n
    is_whole = anyio.Event()

    async def receive() -> Any:
        await is_whole.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        chunks.append(message.get("body", b""))
        if b"id: %d\n" % n in b"".join(chunks):
            is_whole.set()

    scope: Any = {
        "type": "http", "method": "GET", "path": "/api/stream", "raw_path": b"/api/stream",
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "headers": [
            (b"authorization", f"Bearer {intruder.key}".encode()),
            (b"last-event-id", b"0"),
        ],
        "client": ("203.0.113.9", 4000), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    with anyio.fail_after(20):
        await house.app(scope, receive, send)

    text = b"".join(chunks).decode()
    assert text.count("\nevent: order") >= 2
    assert [each for each in victim.things.values() if each in text] == []


@pytest.mark.parametrize(
    ("route", "line"), [pytest.param(*each, id=" ".join(each[0])) for each in LINES.items()]
)
async def test_own_ids_are_taken(lone: House, route: Route, line: Line) -> None:
    """Without this, a route that refuses everything would pass all of the above."""
    bob = await an_owner(lone, "bob")

    how = BY_KEY if by_key(route) else BY_SESSION
    answer = await bob.ask(lone, how, route.method, *with_own_ids(route, line, bob))

    assert answer.status_code == line.own, answer.text


def is_filter(route: Route, place: Place) -> bool:
    return place.where == "query" and route.method == "GET" and not LINES[route].query


def _without(answer: tuple[int, Any], value: str) -> tuple[int, str]:
    return answer[0], str(answer[1]).replace(value, "")


async def test_no_id_and_no_beginning_of_one_finds_another_users_order(
    house: House, victim: Owner, intruder: Owner
) -> None:
    found: list[Any] = []
    asked = [(await victim.browser.get(f"/api/orders/{victim.things['filled_order']}")).json()]
    asked += (await victim.browser.get("/api/orders")).json()["items"]
    own = (await intruder.browser.get("/api/orders")).json()["items"]
    mine = {order["id"] for order in own}

    for order in asked:
        for name in ("id", "signal_id", "client_order_id", "broker_order_id"):
            whole = order[name] or ""
            for text in {whole, whole[:-1], whole[:8]} - {""}:
                for how in (BY_SESSION, BY_KEY):
                    told = f"/api/orders?search={text}", None
                    answer = await intruder.ask(house, how, "GET", *told)
                    found += [
                        (name, text, each["id"])
                        for each in answer.json()["items"]
                        if each["id"] not in mine
                    ]

    assert len(asked) > 1
    assert found == []
