"""What a user maps by hand is kept, one of a chart and place, told, and read with the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import AccountId, UserId
from handlers.errors import NotFoundError, RefusedError
from handlers.records.alerts import Recorded
from handlers.records.audit import Deed
from handlers.records.symbols import MappedBy, SymbolMapping, SymbolOverride
from handlers.store.symbols import MOST_OVERRIDES

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


def an_override(user: UserId, **fields: Any) -> SymbolOverride:
    asked: dict[str, Any] = {
        "broker": "paper",
        "account_id": None,
        "exchange": None,
        "ticker": "BTCUSD",
        "symbol": "BTCUSDT",
    }
    return SymbolOverride(id=uuid7(), user_id=user, **(asked | fields))


def a_deed(action: str) -> Deed:
    return Deed(actor="api_key:7", action=action)


async def test_an_override_is_kept_and_dropped(house: House) -> None:
    user = await house.user()

    kept = await house.store.symbols.put(an_override(user, exchange="BITSTAMP"))

    assert kept.chart == "BITSTAMP:BTCUSD"
    assert kept.created_at is not None
    assert await house.store.symbols.overrides(user) == [kept]
    assert await house.store.symbols.drop(user, kept.id)
    assert await house.store.symbols.overrides(user) == []
    assert not await house.store.symbols.drop(user, kept.id)


async def test_of_one_chart_and_place_there_is_one(house: House) -> None:
    user = await house.user()
    first = await house.store.symbols.put(an_override(user))

    second = await house.store.symbols.put(an_override(user, symbol="ETHUSDT", crosses=True))

    assert (second.id, second.symbol, second.crosses) == (first.id, "ETHUSDT", True)
    assert await house.store.symbols.overrides(user) == [second]


async def test_each_place_has_its_own(house: House) -> None:
    trader = await house.trader()
    user, account = trader.user, trader.account.id
    puts = [
        an_override(user),
        an_override(user, exchange="BITSTAMP"),
        an_override(user, account_id=account),
        an_override(user, account_id=account, exchange="BITSTAMP"),
        an_override(user, broker="gateio"),
        an_override(user, ticker="ETHUSD"),
        an_override(await house.user()),
    ]

    kept = [await house.store.symbols.put(each) for each in puts]

    assert {each.id for each in await house.store.symbols.overrides(user)} == {
        each.id for each in kept[:-1]
    }


async def test_what_is_said_twice_is_told_once(house: House) -> None:
    user = await house.user()
    for symbol in ("BTCUSDT", "BTCUSDT", "ETHUSDT", "ETHUSDT"):
        await house.store.symbols.put(an_override(user, symbol=symbol), deed=a_deed("symbol.put"))
    (kept,) = await house.store.symbols.overrides(user)
    await house.store.symbols.drop(user, kept.id, deed=a_deed("symbol.drop"))
    await house.store.symbols.drop(user, kept.id, deed=a_deed("symbol.drop"))

    log = await house.store.audit.after(user, 0, limit=99)

    told = [(entry.action, _symbol(entry.before), _symbol(entry.after)) for entry in log]
    assert told == [
        ("symbol.put", None, "BTCUSDT"),
        ("symbol.put", "BTCUSDT", "ETHUSDT"),
        ("symbol.drop", "ETHUSDT", None),
    ]
    assert {entry.subject for entry in log} == {f"symbol:{kept.id}"}


async def test_many_at_once_leave_one(house: House) -> None:
    user = await house.user()
    async with anyio.create_task_group() as tasks:
        for n in range(8):
            tasks.start_soon(house.store.symbols.put, an_override(user, symbol=f"C{n}"))

    assert len(await house.store.symbols.overrides(user)) == 1


async def test_an_override_is_for_an_account_of_its_user_and_broker(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    for foreign in (
        an_override(trader.user, account_id=other.account.id),
        an_override(trader.user, account_id=trader.account.id, broker="gateio"),
        an_override(trader.user, account_id=AccountId(uuid7())),
    ):
        with pytest.raises(NotFoundError):
            await house.store.symbols.put(foreign)

    assert await house.store.symbols.overrides(trader.user) == []


async def test_nobody_drops_what_is_another_s(house: House) -> None:
    user, thief = await house.user(), await house.user()
    kept = await house.store.symbols.put(an_override(user))

    assert not await house.store.symbols.drop(thief, kept.id)
    assert await house.store.symbols.overrides(user) == [kept]


async def test_there_is_an_end_to_them_and_what_is_there_may_still_be_changed(
    house: House,
) -> None:
    user = await house.user()
    for n in range(MOST_OVERRIDES):
        await house.store.symbols.put(an_override(user, ticker=f"T{n}"))

    with pytest.raises(RefusedError) as refused:
        await house.store.symbols.put(an_override(user, ticker="ONE-MORE"))
    changed = await house.store.symbols.put(an_override(user, ticker="T0", symbol="NEW"))

    assert refused.value.code == "too_many_symbols"
    assert changed.symbol == "NEW"


async def test_a_token_is_recognised_with_what_matters_to_its_accounts(house: House) -> None:
    trader = await house.trader()
    elsewhere = await house.elsewhere(trader)
    user = trader.user
    wanted = [
        await house.store.symbols.put(an_override(user)),
        await house.store.symbols.put(an_override(user, account_id=trader.account.id)),
    ]
    for foreign in (
        an_override(user, account_id=elsewhere.account.id),
        an_override(user, broker="gateio"),
        an_override((await house.trader()).user),
    ):
        await house.store.symbols.put(foreign)

    recognised = await house.store.identity.recognise(trader.token_hash)

    assert recognised is not None
    assert set(recognised.overrides) == set(wanted)


async def test_a_deleted_account_takes_its_own_with_it(house: House) -> None:
    trader = await house.trader()
    common = await house.store.symbols.put(an_override(trader.user))
    await house.store.symbols.put(an_override(trader.user, account_id=trader.account.id))

    assert await house.store.accounts.delete(trader.user, trader.account.id)

    assert await house.store.symbols.overrides(trader.user) == [common]


async def test_an_order_keeps_how_it_came_by_its_symbol(house: House) -> None:
    trader = await house.trader()
    mapping = SymbolMapping(chart="BITSTAMP:BTCUSD", by=MappedBy.OVERRIDE, crosses=True)

    order = await house.queued(trader, mapping=mapping)
    detail = await house.store.queries.order(trader.user, order.id)

    assert order.mapping == mapping
    assert detail is not None
    assert detail.order.mapping == mapping


async def test_an_order_that_is_denied_at_once_keeps_why(house: House) -> None:
    trader = await house.trader()
    new = house.order(trader, denied_code="unknown_symbol", error_message="Did you mean X?")

    recorded = await house.store.signals.record(house.signal(trader, new))

    assert isinstance(recorded, Recorded)
    order = await house.load(new.id)
    assert (order.error_code, order.error_message) == ("unknown_symbol", "Did you mean X?")


def _symbol(text: str | None) -> str | None:
    return None if text is None else msgspec.json.decode(text)["symbol"]
