"""The kill switch: what its reply promises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bus.messages import CancelOrder
from edge.api import kill_switch
from handlers.errors import StoreUnavailableError
from tests.unit.edge.house import an_alert
from tests.unit.edge.venue import bring_to_venue, send

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

PATH = "/api/kill-switch"


async def test_engaging_denies_what_is_queued_and_says_so(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]

    answer = await house.post(PATH, {"engaged": True})

    order = (await house.get(f"/api/orders/{order_id}")).json()
    said = answer.json()
    assert (answer.status_code, said["engaged"], said["denied"]) == (200, True, [order_id])
    assert (order["state"], order["error_code"]) == ("denied", "kill_switch_active")
    assert (said["in_flight"], said["cancelled"]) == ([], [])
    assert said["since"].endswith("Z")


async def test_releasing_lets_alerts_in_again(house: House) -> None:
    await house.post(PATH, {"engaged": True})
    refused = await house.alert(an_alert())

    released = await house.post(PATH, {"engaged": False})
    taken = await house.alert(an_alert())

    assert (released.status_code, released.json()["engaged"]) == (200, False)
    assert (refused.status_code, taken.status_code) == (403, 202)


async def test_engaged_switch_is_known_at_once_where_alerts_come_in(house: House) -> None:
    await house.alert(an_alert())
    await house.post(PATH, {"engaged": True})

    answer = await house.alert(b"{")

    assert (answer.status_code, answer.json()["code"]) == (403, "kill_switch_active")


async def test_switch_is_read_as_it_stands(house: House) -> None:
    await house.post(PATH, {"engaged": True, "allow_exits": True})

    read = (await house.get(PATH)).json()

    assert (read["engaged"], read["allow_exits"]) == (True, True)


async def test_working_orders_are_cancelled_where_that_is_asked_for(house: House) -> None:
    order_id = await bring_to_venue(house)

    answer = await house.post(PATH, {"engaged": True, "cancel_working": True})

    async with house.ports.bus.hints.commands(house.user, 1) as commands:
        stream = aiter(commands)
        said = [(await anext(stream)).envelope.message for _ in range(2)]
    assert answer.json()["cancelled"] == [str(order_id)]
    assert isinstance(said[1], CancelOrder)


async def test_reply_waits_for_what_is_on_its_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kill_switch, "_LOOK_AGAIN", 0)
    order_id = await send(house)
    looks: list[int] = []
    really = house.ports.store.switches.in_flight

    async def look(user: Any) -> Any:
        looks.append(1)
        if len(looks) == 3:
            house.clock.go_on(timedelta(seconds=3))
        return await really(user)

    monkeypatch.setattr(house.ports.store.switches, "in_flight", look)

    answer = await house.post(PATH, {"engaged": True})

    assert (answer.status_code, answer.json()["in_flight"]) == (200, [str(order_id)])
    assert len(looks) == 3


async def test_what_never_lands_is_503_and_the_switch_stays_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kill_switch, "_PATIENCE", 0.05)
    await send(house)

    answer = await house.post(PATH, {"engaged": True})

    assert (answer.status_code, answer.json()["code"]) == (503, "kill_switch_pending")
    assert (await house.get(PATH)).json()["engaged"]


async def test_what_cannot_be_known_is_503_and_the_switch_stays_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_user: Any) -> Any:
        raise StoreUnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(house.ports.store.switches, "in_flight", fail)
        answer = await house.post(PATH, {"engaged": True})

    assert (answer.status_code, answer.json()["code"]) == (503, "kill_switch_pending")
    assert (await house.get(PATH)).json()["engaged"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "engaged"),
        ({"engaged": "yes"}, "engaged"),
        ({"engaged": True, "panic": 1}, "panic"),
    ],
)
async def test_unclear_wish_changes_nothing(house: House, body: dict[str, Any], field: str) -> None:
    answer = await house.post(PATH, body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not (await house.get(PATH)).json()["engaged"]
