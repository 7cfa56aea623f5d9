"""Orders looked up by when they were recorded and by what they are called."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

import pytest

from bus.ids import uuid7
from bus.values import OrderId
from edge.api.searching import read_search
from edge.errors import ApiError
from handlers.planning.client_ids import client_order_id
from tests.unit.edge.house import an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def an_order(house: House, **fields: str) -> str:
    return (await house.alert(an_alert(**fields))).json()["orders"][0]["id"]


async def found(house: House, query: str) -> list[str]:
    answer = await house.get(f"/api/orders?{query}")
    assert answer.status_code == 200, answer.text
    return [order["id"] for order in answer.json()["items"]]


async def test_orders_are_those_from_one_time_on_and_before_another(house: House) -> None:
    began = house.clock.now()
    first = await an_order(house, id="1")
    house.clock.go_on(timedelta(minutes=1))
    second = await an_order(house, id="2")
    house.clock.go_on(timedelta(minutes=1))
    third = await an_order(house, id="3")
    times = [quote((began + timedelta(minutes=n)).isoformat()) for n in range(3)]

    assert await found(house, f"from={times[1]}") == [third, second]
    assert await found(house, f"to={times[1]}") == [first]
    assert await found(house, f"from={times[1]}&to={times[2]}") == [second]


async def test_a_time_counts_in_its_own_zone(house: House) -> None:
    order = await an_order(house)
    at = house.clock.now()
    local = quote(at.astimezone(None).isoformat())

    assert await found(house, f"from={local}") == [order]
    assert await found(house, f"to={local}") == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("from=yesterday", "invalid_time", "from"),
        ("from=2026-11-23", "invalid_time", "from"),
        ("from=2026-11-23T00:00:00", "invalid_time", "from"),
        ("to=2026-13-45T00:00:00Z", "invalid_time", "to"),
        ("to=", "invalid_time", "to"),
        ("from=0001-01-01T00:00:00%2B14:00", "invalid_field", "from"),
        ("from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z", "invalid_time", "to"),
        ("from=2026-11-23T00:00:00Z&to=2026-11-23T00:00:00Z", "invalid_time", "to"),
        ("search=", "invalid_field", "search"),
        ("search=%20", "invalid_field", "search"),
        ("search=a%20b", "invalid_field", "search"),
        ("search=a%00b", "invalid_field", "search"),
        ("search=%E8%A8%82%E5%96%AE", "invalid_field", "search"),
        ("search=" + "a" * 65, "invalid_field", "search"),
    ],
)
async def test_what_is_no_time_and_no_id_is_400_and_named(
    house: House, query: str, code: str, field: str
) -> None:
    answer = await house.get(f"/api/orders?{query}")

    said = answer.json()
    assert (answer.status_code, said["code"], said["field"]) == (400, code, field)


@pytest.mark.parametrize("name", ["from", "to", "search"])
async def test_alerts_are_not_looked_up_so(house: House, name: str) -> None:
    answer = await house.get(f"/api/signals?{name}=2026-11-23T00:00:00Z")

    assert (answer.status_code, answer.json()["field"]) == (400, name)


async def test_an_order_is_found_by_each_of_its_ids_and_by_their_beginnings(house: House) -> None:
    order = (await house.alert(an_alert())).json()
    order_id, signal_id = order["orders"][0]["id"], order["signal_id"]
    other = await an_order(house, id="other")
    at_venue = client_order_id(OrderId(UUID(order_id)))

    for text in (
        order_id, order_id.upper(), UUID(order_id).hex, order_id[:-1], signal_id, signal_id[:-1],
        at_venue, at_venue.upper(), f"t-{at_venue}", at_venue[:-1], f"%20{order_id}%20",
    ):  # fmt: skip
        assert await found(house, f"search={text}") == [order_id], text
    assert sorted(await found(house, f"search={order_id[:8]}")) == sorted([order_id, other])


async def test_less_than_a_beginning_finds_nothing(house: House) -> None:
    order = await an_order(house)

    assert await found(house, f"search={order[:7]}") == []
    assert await found(house, f"search={client_order_id(OrderId(UUID(order)))[:7]}") == []


async def test_what_is_looked_up_is_narrowed_by_all_else(house: House) -> None:
    order = await an_order(house)
    now = quote((house.clock.now() + timedelta(seconds=1)).isoformat())

    assert await found(house, f"search={order}&symbol=BTCUSDT&state=queued") == [order]
    assert await found(house, f"search={order}&symbol=ETHUSDT") == []
    assert await found(house, f"search={order}&state=filled") == []
    assert await found(house, f"search={order}&from={now}") == []


async def test_pages_of_what_is_looked_up_hold_each_order_once(house: House) -> None:
    orders = [await an_order(house, id=str(n)) for n in range(5)]
    since = quote(house.clock.now().isoformat())
    seen: list[str] = []
    cursor = ""
    while True:
        page = (
            await house.get(f"/api/orders?from={since}&search={orders[0][:8]}&limit=2{cursor}")
        ).json()
        seen += [order["id"] for order in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert sorted(seen) == sorted(orders)
    assert len(seen) == len(set(seen))


def test_an_id_at_its_venue_means_its_order_alone() -> None:
    order = OrderId(uuid7())

    sought = read_search(client_order_id(order))

    assert sought is not None
    assert (sought.order_ids, sought.signal_ids) == ((order, order), None)


@pytest.mark.parametrize("text", ["4pzzzzzzzz", "4p-00000000", "gggggggg", "0" * 33])
def test_what_no_order_s_id_begins_with_may_be_the_venue_s_alone(text: str) -> None:
    sought = read_search(text)

    assert sought is not None
    assert (sought.order_ids, sought.signal_ids) == (None, None)
    assert sought.venue_ids[0] == text


def test_a_short_text_means_one_id_of_a_venue_and_no_longer_one() -> None:
    sought = read_search("1234567")

    assert sought is not None
    first, end = sought.venue_ids
    assert first <= "1234567" < end
    assert not first <= "12345678" < end


def test_a_longer_one_means_all_that_begin_so() -> None:
    sought = read_search("12345678")

    assert sought is not None
    first, end = sought.venue_ids
    assert all(first <= each < end for each in ("12345678", "123456780", "12345678~~"))
    assert not any(first <= each < end for each in ("12345677", "12345679", "1234567"))


def test_dashes_stand_where_a_uuid_has_them() -> None:
    sought = read_search("0123-456789")

    assert sought is not None
    assert sought.order_ids is None


def test_nothing_is_looked_up_where_nothing_is_asked() -> None:
    assert read_search(None) is None
    with pytest.raises(ApiError):
        read_search("")
