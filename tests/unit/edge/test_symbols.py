"""Mapping charts' symbols by hand, and looking for what a venue trades."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
import pytest
from httpx import Response

from broker_adapters.base import Instrument
from bus.ids import uuid7
from bus.messages import FindInstruments
from bus.topics import STRATEGIES
from bus.values import Mode, WorkerId
from edge.kept.recognition import hash_token
from handlers.asking.instrument_search import FOUND_WITHIN
from handlers.asking.replies import Reason, Reply, done, encode_reply, failed
from handlers.records.symbols import SymbolOverride
from tests.builders import a_strategy, an_account
from tests.unit.edge.house import KEY, TOKEN, bearer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from handlers.records.accounts import Account
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

BTC = Instrument(
    symbol="BTC_USDT",
    quantity_step=Decimal("0.0001"),
    price_tick=Decimal("0.1"),
    min_quantity=Decimal("0.0001"),
    min_notional=Decimal(3),
    currency="USDT",
)
ETH = msgspec.structs.replace(BTC, symbol="ETH_USDT")
FOUND = done("instruments_found", instruments=(BTC,))


@pytest.fixture
async def gate(house: House) -> Account:
    catalogue = house.ports.store.catalogue
    account = await catalogue.add_account(an_account(house.user, mode=Mode.PAPER, broker="gateio"))
    token = TOKEN.replace("t", "g")
    await catalogue.add_strategy(a_strategy(account), token_hash=hash_token(token))
    return account


async def worker(house: House, reply: Reply) -> None:
    """Do as the user's worker does, again and again."""
    bus = house.ports.bus
    await bus.hints.mark(house.user, WorkerId(uuid7()), ttl=FOUND_WITHIN)
    async with bus.hints.commands(house.user, 1) as commands:
        async for delivery in commands:
            message = delivery.envelope.message
            assert isinstance(message, FindInstruments)
            await bus.replies.answer(house.user, message.request, encode_reply(reply))


@asynccontextmanager
async def answering(house: House, reply: Reply) -> AsyncGenerator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker, house, reply)
        yield
        tasks.cancel_scope.cancel()


async def put(house: House, body: dict[str, Any], reply: Reply = FOUND) -> Response:
    content, answers = msgspec.json.encode(body), list[Response]()
    async with answering(house, reply):
        answers.append(await house.client.put("/api/symbols", content=content, headers=bearer(KEY)))
    return answers[0]


async def search(house: House, account: Account, text: str, reply: Reply) -> dict[str, Any]:
    path, answers = f"/api/symbols/search?account_id={account.id}&text={text}", list[Response]()
    async with answering(house, reply):
        answers.append(await house.get(path))
    assert answers[0].status_code == 200, answers[0].text
    return answers[0].json()


async def alert(house: House, **fields: Any) -> Response:
    body = {"action": "buy", "quantity": "1", "price": "100", **fields}
    return await house.alert(body, path=f"/webhook/tradingview/{TOKEN.replace('t', 'g')}")


async def test_an_override_is_put_listed_and_dropped(house: House, gate: Account) -> None:
    wish = {"chart": "bitstamp:btcusd", "symbol": "btc_usdt", "account_id": str(gate.id)}

    kept = (await put(house, wish)).json()

    assert (kept["chart"], kept["symbol"], kept["broker"]) == (
        "BITSTAMP:BTCUSD",
        "BTC_USDT",
        "gateio",
    )
    assert (kept["account_id"], kept["market"], kept["crosses"]) == (str(gate.id), "spot", False)
    assert kept["instrument"]["quantity_step"] == "0.0001"
    assert [each["id"] for each in await house.items("/api/symbols")] == [kept["id"]]
    path = f"/api/symbols/{kept['id']}"
    assert (await house.client.delete(path, headers=bearer(KEY))).status_code == 204
    assert (await house.client.delete(path, headers=bearer(KEY))).status_code == 404
    assert await house.items("/api/symbols") == []


async def test_said_twice_it_is_one_and_told_once(house: House, gate: Account) -> None:
    del gate
    wish = {"chart": "BTCUSD", "symbol": "BTC_USDT", "broker": "gateio"}

    first, second = (await put(house, wish)).json(), (await put(house, wish)).json()

    assert first == second
    told = [each["action"] for each in await house.items("/api/audit")]
    assert told.count("symbol.put") == 1


async def test_the_next_alert_follows_it_though_the_token_is_remembered(
    house: House, gate: Account
) -> None:
    del gate
    before = await alert(house, ticker="BTCUSD")
    kept = (await put(house, {"chart": "BTCUSD", "symbol": "BTC_USDT", "broker": "gateio"})).json()
    after = await alert(house, ticker="BTCUSD")
    await house.client.delete(f"/api/symbols/{kept['id']}", headers=bearer(KEY))
    dropped = await alert(house, ticker="BTCUSD", id="later")

    assert (before.status_code, before.json()["code"]) == (400, "unknown_symbol")
    assert before.json()["hint"] == "Did you mean BTC_USDT or BTC_USDT.P?"
    (order,) = await house.items("/api/orders")
    assert (after.status_code, order["symbol"]) == (202, "BTC_USDT")
    assert order["mapping"] == {"chart": "BTCUSD", "by": "override", "crosses": False}
    assert dropped.status_code == 400


async def test_an_edge_that_was_not_told_asks_the_record_before_it_refuses(
    house: House, gate: Account
) -> None:
    assert (await alert(house, ticker="BTCUSD")).status_code == 400
    override = SymbolOverride(
        id=uuid7(),
        user_id=house.user,
        broker="gateio",
        account_id=gate.id,
        exchange=None,
        ticker="BTCUSD",
        symbol="BTC_USDT",
    )
    await house.ports.store.symbols.put(override)

    assert (await alert(house, ticker="BTCUSD", id="again")).status_code == 202


async def test_every_edge_is_told(house: House, gate: Account) -> None:
    del gate
    async with house.ports.bus.broadcast.listen(STRATEGIES) as payloads:
        await put(house, {"chart": "BTCUSD", "symbol": "BTC_USDT", "broker": "gateio"})
        with anyio.fail_after(2):
            payload = await anext(aiter(payloads))

    assert payload == str(house.user).encode()


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"chart": "BTCUSD", "symbol": "BTC_USDT"}, "missing_field", "account_id"),
        ({"chart": "B TC", "symbol": "BTC_USDT", "broker": "gateio"}, "invalid_ticker", "chart"),
        ({"chart": "BTCUSD", "symbol": "BTC", "broker": "gateio"}, "unknown_symbol", "symbol"),
        ({"chart": "BTC_USDT", "symbol": "ETH_USDT", "broker": "gateio"}, "invalid_field", "chart"),
        (
            {"chart": "BTCUSDT", "symbol": "BTC_USDT.P", "broker": "gateio"},
            "market_crossed",
            "symbol",
        ),
        (
            {"chart": "BTCUSDT.P", "symbol": "BTC_USDT", "broker": "gateio"},
            "market_crossed",
            "symbol",
        ),
        ({"chart": "X", "symbol": "2330", "broker": "nobody"}, "invalid_field", "broker"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    house: House, gate: Account, wish: dict[str, Any], code: str, field: str
) -> None:
    del gate

    answer = await put(house, wish)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, code, field)
    assert await house.items("/api/symbols") == []


async def test_spot_and_perpetual_cross_where_the_user_says_so(house: House, gate: Account) -> None:
    del gate
    wish = {"chart": "BTCUSDT", "symbol": "BTC_USDT.P", "broker": "gateio", "crosses": True}

    kept = (await put(house, wish)).json()
    reply = await alert(house, ticker="BINANCE:BTCUSDT")

    assert (kept["market"], kept["crosses"]) == ("perpetual", True)
    assert any("BTC_USDT.P" in text for text in reply.json()["warnings"])
    (order,) = await house.items("/api/orders")
    assert order["mapping"] == {"chart": "BINANCE:BTCUSDT", "by": "override", "crosses": True}


async def test_a_symbol_that_the_venue_does_not_trade_is_refused(
    house: House, gate: Account
) -> None:
    del gate
    wish = {"chart": "BTCUSD", "symbol": "BTCC_USDT", "broker": "gateio"}

    answer = await put(house, wish, failed(Reason.UNKNOWN_SYMBOL, instruments=(BTC,)))

    said = answer.json()
    assert (answer.status_code, said["code"]) == (400, "unknown_symbol")
    assert "Did you mean BTC_USDT?" in said["message"]
    assert await house.items("/api/symbols") == []


async def test_a_venue_that_cannot_be_asked_does_not_stand_in_the_way(
    house: House, gate: Account
) -> None:
    del gate
    wish = {"chart": "BTCUSD", "symbol": "BTC_USDT", "broker": "gateio"}

    kept = await put(house, wish, failed(Reason.BROKER_UNAVAILABLE))

    assert (kept.status_code, kept.json()["instrument"]) == (200, None)


async def test_another_s_account_is_none(house: House) -> None:
    wish = {"chart": "BTCUSD", "symbol": "BTC_USDT", "account_id": str(uuid7())}

    assert (await put(house, wish)).status_code == 404


async def test_a_search_tells_the_mapping_and_what_the_venue_has(
    house: House, gate: Account
) -> None:
    found = done("instruments_found", instruments=(BTC, ETH))

    told = await search(house, gate, "BINANCE:BTCUSDT", found)

    assert told["mapping"] == {
        "chart": "BINANCE:BTCUSDT",
        "symbol": "BTC_USDT",
        "market": "spot",
        "by": "rule",
        "crosses": False,
    }
    assert [each["symbol"] for each in told["items"]] == ["BTC_USDT", "ETH_USDT"]
    assert told["items"][0] == {
        "symbol": "BTC_USDT",
        "market": "spot",
        "currency": "USDT",
        "price_tick": "0.1",
        "quantity_step": "0.0001",
        "min_quantity": "0.0001",
        "max_quantity": None,
        "min_notional": "3",
        "multiplier": "1",
    }


async def test_a_search_without_a_meaning_offers_candidates(house: House, gate: Account) -> None:
    told = await search(house, gate, "BTCUSD", failed(Reason.BROKER_UNAVAILABLE))

    assert told["mapping"] is None
    assert told["candidates"] == ["BTC_USDT", "BTC_USDT.P"]
    assert (told["ok"], told["code"], told["items"]) == (False, "broker_unavailable", [])


async def test_a_dry_run_tells_the_mapping(house: House, gate: Account) -> None:
    body = {"ticker": "BINANCE:ETHUSDT.P", "action": "buy", "quantity": "1"}
    token = TOKEN.replace("t", "g")

    told = (await house.alert(body, path=f"/webhook/tradingview/{token}/dry-run")).json()

    (planned,) = told["plan"]
    assert (planned["account_id"], planned["symbol"]) == (str(gate.id), "ETH_USDT.P")
    assert (planned["chart"], planned["mapped_by"]) == ("BINANCE:ETHUSDT.P", "rule")
