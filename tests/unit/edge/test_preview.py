"""Asking what an alert would do."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from handlers.records.views import PositionView
from tests.unit.edge.house import KEY, TOKEN, an_alert, bearer

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

DRY = f"/webhook/tradingview/{TOKEN}/dry-run"


async def test_dry_run_explains_and_plans(house: House) -> None:
    answer = await house.alert(an_alert(), path=DRY)

    said = answer.json()
    assert answer.status_code == 200
    assert (said["status"], said["signal"]["ticker"]) == ("ok", "BTCUSDT")
    assert said["plan"] == [
        {
            "account_id": str(house.account.id),
            "symbol": "BTCUSDT",
            "chart": "BTCUSDT",
            "mapped_by": "rule",
            "side": "buy",
            "quantity": "0.01",
            "summary": said["plan"][0]["summary"],
        }
    ]


async def test_dry_run_leaves_no_trace(house: House) -> None:
    await house.alert(an_alert(), path=DRY)
    await house.alert(b"{", path=DRY)

    assert await house.items("/api/orders") == []
    assert await house.items("/api/signals") == []


async def test_dry_run_needs_the_token(house: House) -> None:
    answer = await house.alert(an_alert(), path="/webhook/tradingview/wh_wrong/dry-run")

    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_token")


async def test_dry_run_of_a_broken_body_says_what_is_wrong(house: House) -> None:
    said = (await house.alert(b"{", path=DRY)).json()

    assert (said["status"], said["code"], said["plan"]) == ("error", "malformed_json", [])


async def test_dry_run_of_a_stale_alert_says_so(house: House) -> None:
    said = (await house.alert(an_alert(time="2026-11-23T09:00:01Z"), path=DRY)).json()

    assert (said["status"], said["code"], said["plan"]) == ("error", "stale_signal", [])
    assert said["signal"]["ticker"] == "BTCUSDT"


async def test_exit_while_flat_is_planned_as_nothing(house: House) -> None:
    said = (await house.alert({"ticker": "BTCUSDT", "action": "exit"}, path=DRY)).json()

    assert (said["plan"][0]["side"], said["plan"][0]["quantity"]) == (None, None)
    assert "could be closed" in said["plan"][0]["summary"]


async def test_target_is_planned_as_the_trade_it_takes(house: House) -> None:
    alert = {"ticker": "BTCUSDT", "position_size": "-3", "position": "short"}

    said = (await house.alert(alert, path=DRY)).json()

    assert (said["plan"][0]["side"], said["plan"][0]["quantity"]) == ("sell", "3")


@pytest.mark.parametrize(
    ("said", "planned", "note"),
    [
        ({"action": "long_entry", "quantity": "1"}, ("buy", "3"), ""),
        ({"action": "long_exit", "quantity": "5"}, ("sell", "5"), "could be closed"),
        ({"action": "short_exit", "quantity": "5"}, ("buy", "2"), ""),
    ],
)
async def test_plan_is_what_a_worker_would_trade_against_what_is_held(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    said: dict[str, str],
    planned: tuple[str, str],
    note: str,
) -> None:
    short = PositionView(
        account_id=house.account.id,
        symbol="BTCUSDT",
        quantity=Decimal(-2),
        average_price=None,
        unrealised_pnl=None,
        updated_at=house.clock.now(),
    )

    async def positions(_user: object) -> list[PositionView]:
        return [short]

    monkeypatch.setattr(house.ports.store.queries, "positions", positions)

    [order] = (await house.alert({"ticker": "BTCUSDT"} | said, path=DRY)).json()["plan"]

    assert (order["side"], order["quantity"]) == planned
    assert note in order["summary"]


async def test_explain_takes_the_raw_body(house: House) -> None:
    answer = await house.client.post(
        "/api/signals/explain",
        content=b"buy BTCUSDT q=0.01",
        headers=bearer(KEY) | {"Content-Type": "text/plain"},
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert (answer.json()["dialect"], answer.json()["plan"]) == ("text", [])


async def test_explain_of_a_broken_body_is_200_too(house: House) -> None:
    answer = await house.client.post("/api/signals/explain", content=b"\xff", headers=bearer(KEY))

    assert (answer.status_code, answer.json()["code"]) == (200, "not_utf8")


async def test_explain_plans_for_a_strategy(house: House) -> None:
    answer = await house.post(f"/api/signals/explain?strategy_id={house.strategy.id}", an_alert())

    assert [order["quantity"] for order in answer.json()["plan"]] == ["0.01"]


async def test_explain_for_a_strange_strategy_is_404(house: House) -> None:
    answer = await house.post(
        "/api/signals/explain?strategy_id=01a205d0-8fce-7638-b30a-52e32c3f23ee", an_alert()
    )

    assert answer.status_code == 404


async def test_explain_speaks_chinese_to_who_asks_for_it(house: House) -> None:
    answer = await house.client.post(
        f"/api/signals/explain?strategy_id={house.strategy.id}",
        content=b"buy BTCUSDT q=0.01",
        headers=bearer(KEY) | {"Accept-Language": "zh-TW,zh;q=0.9"},
    )

    assert not answer.json()["meaning"].isascii()
    [order] = answer.json()["plan"]
    assert not order["summary"].isascii()


@pytest.mark.parametrize("place", ["dry-run", "explain"])
@pytest.mark.parametrize("code", ["strategy_paused", "kill_switch_active"])
async def test_what_would_be_refused_now_is_warned_of(house: House, place: str, code: str) -> None:
    if code == "strategy_paused":
        await house.post(f"/api/strategies/{house.strategy.id}/pause")
    else:
        await house.post("/api/kill-switch", {"engaged": True})

    if place == "dry-run":
        answer = await house.alert(an_alert(), path=DRY)
    else:
        path = f"/api/signals/explain?strategy_id={house.strategy.id}"
        answer = await house.post(path, an_alert())

    (warning,) = [text for text in answer.json()["warnings"] if text.startswith(code)]
    assert "403" in warning
    assert answer.json()["plan"]


async def test_nothing_is_warned_of_where_nothing_is_shut(house: House) -> None:
    said = (await house.alert(an_alert(), path=DRY)).json()

    assert not [text for text in said["warnings"] if "403" in text]


@pytest.mark.parametrize("code", ["strategy_paused", "kill_switch_active"])
async def test_what_would_be_refused_now_is_warned_of_in_chinese(house: House, code: str) -> None:
    if code == "strategy_paused":
        await house.post(f"/api/strategies/{house.strategy.id}/pause")
    else:
        await house.post("/api/kill-switch", {"engaged": True})

    said = await explained(house, b"buy BTCUSDT q=0.01")

    assert [text.split("：")[0] for text in said["warnings"] if code in text] == [code]
    assert all(map(is_chinese, said["warnings"]))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"buy", id="no command"),
        pytest.param(b'{"ticker":"BTCUSDT","action":"buy",}', id="no JSON"),
        pytest.param(b'{"ticker":"BTCUSDT","action":"buy","delay":"5","quantity":1}', id="no plan"),
        pytest.param(b'{"ticker":"BTCUSDT","action":"buy","accounts":["no"]}', id="no account"),
        pytest.param(
            b'{"ticker":"BTCUSDT","action":"add","quantity":5,"quantityType":"notional"}',
            id="no way",
        ),
    ],
)
async def test_a_refusal_is_told_of_in_chinese(house: House, body: bytes) -> None:
    said = await explained(house, body)

    assert said["status"] == "error"
    assert is_chinese(said["message"])
    assert said.get("hint") is None or is_chinese(said["hint"])


async def test_why_nothing_would_be_traded_is_told_of_in_chinese(house: House) -> None:
    said = await explained(house, b"close BTCUSDT")

    [order] = said["plan"]
    assert "沒有可以平倉的部位" in order["summary"]


async def explained(house: House, body: bytes) -> dict[str, Any]:
    answer = await house.client.post(
        f"/api/signals/explain?strategy_id={house.strategy.id}",
        content=body,
        headers=bearer(KEY) | {"Accept-Language": "zh-TW"},
    )
    return answer.json()


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
