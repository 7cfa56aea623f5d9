"""Lists take the parameters that they know, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.edge.house import an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

TAKES = {
    "orders": {
        "account_id", "strategy_id", "signal_id", "symbol", "state", "from", "to", "search",
    },
    "signals": {"account_id", "strategy_id", "signal_id", "symbol", "state"},
    "fills": {"account_id", "strategy_id", "signal_id", "symbol"},
    "positions": {"account_id", "symbol"},
    "workers": set[str](),
    "accounts": set[str](),
    "strategies": set[str](),
    "dead-letters": set[str](),
}  # fmt: skip


@pytest.mark.parametrize("path", TAKES)
@pytest.mark.parametrize("name", ["foo", "acount_id", "Limit"])
async def test_unknown_parameter_is_400_and_named(house: House, path: str, name: str) -> None:
    answer = await house.get(f"/api/{path}?{name}=1")

    said = answer.json()
    assert (answer.status_code, said["code"], said["field"]) == (400, "invalid_field", name)


@pytest.mark.parametrize(
    ("path", "name"), [("positions", "signal_id"), ("fills", "state"), ("accounts", "symbol")]
)
async def test_filter_that_a_list_does_not_know_is_400(house: House, path: str, name: str) -> None:
    answer = await house.get(f"/api/{path}?{name}={house.account.id}")

    assert (answer.status_code, answer.json()["field"]) == (400, name)


async def test_description_shows_what_each_list_takes(house: House) -> None:
    paths = (await house.client.get("/schema")).json()["paths"]

    shown = {
        path: {one["name"] for one in paths[f"/api/{path}"]["get"].get("parameters", ())}
        for path in TAKES
    }

    assert shown == {path: names | {"limit", "cursor"} for path, names in TAKES.items()}


async def test_cursor_of_one_list_is_none_of_another(house: House) -> None:
    for n in range(2):
        await house.alert(an_alert(id=str(n)))
    cursor = (await house.get("/api/orders?limit=1")).json()["next_cursor"]

    answer = await house.get(f"/api/signals?cursor={cursor}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_cursor_that_is_too_long_is_invalid(house: House) -> None:
    answer = await house.get("/api/orders?cursor=" + "A" * 1000)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
