"""What a person does is told in the audit log, in the transaction that does it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import AccountId, OrderId, OrderState, StrategyId
from handlers.audit_check import check_log
from handlers.errors import AlreadyExistsError, NotFoundError, RefusedError
from handlers.records.audit import Deed
from handlers.records.orders import CancelAnswer
from tests.contract.store.house import TRACE_ID, TRACEPARENT

if TYPE_CHECKING:
    from bus.values import UserId
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

TRACE = (TRACE_ID, TRACEPARENT)


def a_deed(action: str = "thing.done") -> Deed:
    return Deed(actor="api_key:7", action=action, address="192.0.2.7", trace_id=TRACE_ID)


async def log_of(house: House, user: UserId) -> list[tuple[str, str, Any, Any]]:
    entries = await house.store.audit.after(user, 0, limit=99)
    assert all(
        (entry.actor, entry.address, entry.trace_id) == ("api_key:7", "192.0.2.7", TRACE_ID)
        for entry in entries
    )
    assert (await check_log(house.store.audit, user)).broken_at is None
    return [
        (entry.action, entry.subject, decoded(entry.before), decoded(entry.after))
        for entry in entries
    ]


def decoded(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


async def test_a_new_account_is_told(house: House) -> None:
    trader = await house.trader()
    account = msgspec.structs.replace(
        trader.account, id=AccountId(uuid7()), name="Two", options={"api_key": "hush"}
    )

    await house.store.catalogue.add_account(account, deed=a_deed())

    facts = {"name": "Two", "broker": "paper", "mode": "paper", "state": "enabled"}
    assert await log_of(house, trader.user) == [
        ("thing.done", f"account:{account.id}", None, facts)
    ]


async def test_an_account_that_was_not_added_is_not_told(house: House) -> None:
    trader = await house.trader()

    with pytest.raises(AlreadyExistsError):
        await house.store.catalogue.add_account(trader.account, deed=a_deed())

    assert await log_of(house, trader.user) == []


async def test_an_accounts_state_is_told_as_it_was_and_is(house: House) -> None:
    trader = await house.trader()
    catalogue, account = house.store.catalogue, trader.account.id

    for state in ("disabled", "disabled", "enabled"):
        await catalogue.set_account_state(trader.user, account, state, deed=a_deed())

    assert [(before, after) for _, _, before, after in await log_of(house, trader.user)] == [
        ({"state": "enabled"}, {"state": "disabled"}),
        ({"state": "disabled"}, {"state": "disabled"}),
        ({"state": "disabled"}, {"state": "enabled"}),
    ]


async def test_a_new_strategy_is_told(house: House) -> None:
    trader = await house.trader()
    strategy = msgspec.structs.replace(trader.strategy, id=StrategyId(uuid7()))

    await house.store.catalogue.add_strategy(
        strategy, token_hash=secrets.token_bytes(32), deed=a_deed()
    )

    facts = {
        "name": "Breakout",
        "state": "active",
        "mode": "paper",
        "accounts": [str(trader.account.id)],
        "default_quantity": None,
        "dedupe_window_s": 30,
        "settings": {
            "follows": False,
            "drift": "block",
            "entry_ttl_s": 60,
            "exit_ttl_s": 900,
            "strict_time": False,
        },
    }
    assert await log_of(house, trader.user) == [
        ("thing.done", f"strategy:{strategy.id}", None, facts)
    ]


async def test_a_strategys_state_is_told_as_it_was_and_is(house: House) -> None:
    trader = await house.trader()

    await house.store.catalogue.set_strategy_state(
        trader.user, trader.strategy.id, "paused", deed=a_deed()
    )

    assert await log_of(house, trader.user) == [
        (
            "thing.done", f"strategy:{trader.strategy.id}",
            {"state": "active"}, {"state": "paused"},
        )
    ]  # fmt: skip


async def test_a_strategys_change_is_told_by_what_became_different(house: House) -> None:
    trader = await house.trader()
    wanted = msgspec.structs.replace(
        trader.strategy, name="Reversal", default_quantity=Decimal("0.5"), state="paused"
    )

    await house.store.catalogue.change_strategy(wanted, deed=a_deed())

    assert await log_of(house, trader.user) == [
        (
            "thing.done", f"strategy:{trader.strategy.id}",
            {"name": "Breakout", "default_quantity": None},
            {"name": "Reversal", "default_quantity": "0.5"},
        )
    ]  # fmt: skip


async def test_a_rotation_is_told_without_the_token(house: House) -> None:
    trader = await house.trader()
    until = datetime(2030, 1, 2, tzinfo=UTC)

    await house.store.catalogue.rotate_token(
        trader.user,
        trader.strategy.id,
        token_hash=secrets.token_bytes(32),
        old_until=until,
        deed=a_deed(),
    )

    after = {"old_until": "2030-01-02T00:00:00+00:00"}
    assert await log_of(house, trader.user) == [
        ("thing.done", f"strategy:{trader.strategy.id}", None, after)
    ]


async def test_what_is_anothers_is_changed_nowhere_and_told_nowhere(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    catalogue = house.store.catalogue

    answers = [
        await catalogue.set_account_state(trader.user, other.account.id, "disabled", deed=a_deed()),
        await catalogue.set_strategy_state(trader.user, other.strategy.id, "paused", deed=a_deed()),
        await catalogue.rotate_token(
            trader.user,
            other.strategy.id,
            token_hash=secrets.token_bytes(32),
            old_until=datetime.now(UTC),
            deed=a_deed(),
        ),
        await house.store.orders.request_cancel(
            trader.user, (await house.queued(other)).id, deed=a_deed()
        ),
        await catalogue.change_strategy(
            msgspec.structs.replace(other.strategy, user_id=trader.user, name="Mine"),
            deed=a_deed(),
        ),
    ]

    assert answers == [False, False, None, CancelAnswer.NOT_FOUND, None]
    assert await log_of(house, trader.user) == []
    assert await log_of(house, other.user) == []


async def test_the_switch_is_told_with_what_it_did(house: House) -> None:
    trader = await house.trader()
    await house.queued(trader)

    for engaged in (True, False):
        await house.store.switches.change(
            trader.user, engaged=engaged, cancel_working=True, allow_exits=True, deed=a_deed()
        )

    off = {"engaged": False, "allow_exits": False}
    on = {"engaged": True, "allow_exits": True}
    subject = f"switch:{trader.user}"
    assert await log_of(house, trader.user) == [
        ("thing.done", subject, off, on | {"denied": 1, "cancelled": 0}),
        ("thing.done", subject, on, on | {"engaged": False, "denied": 0, "cancelled": 0}),
    ]


async def ordered(house: House, trader: Trader, key: str, body: bytes = b"b") -> OrderId | None:
    found = await house.store.signals.record_manual(
        trader.user, house.order(trader), key=key, body_hash=body, trace=TRACE, deed=a_deed()
    )
    return None if found is None else found[0].id


async def test_an_order_by_hand_is_told_once_however_often_it_is_asked_for(house: House) -> None:
    trader = await house.trader()

    first = await ordered(house, trader, "one")
    again = await ordered(house, trader, "one")
    conflict = await ordered(house, trader, "one", b"other")

    facts = {
        "account_id": str(trader.account.id), "symbol": "BTCUSDT", "side": "buy",
        "quantity": "1.50", "order_type": "market", "limit_price": None, "stop_price": None,
        "reduce_only": False,
    }  # fmt: skip
    assert (again, conflict) == (first, None)
    assert await log_of(house, trader.user) == [("thing.done", f"order:{first}", None, facts)]


async def test_an_order_by_hand_that_is_refused_is_not_told(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    await house.store.catalogue.set_account_state(trader.user, trader.account.id, "disabled")

    with pytest.raises(RefusedError):
        await ordered(house, trader, "one")
    with pytest.raises(NotFoundError):
        await house.store.signals.record_manual(
            trader.user,
            house.order(other),
            key="two",
            body_hash=b"b",
            trace=TRACE,
            deed=a_deed(),
        )

    assert await log_of(house, trader.user) == []


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (OrderState.QUEUED, [{"cancel": "cancelled"}]),
        (OrderState.ACCEPTED, [{"cancel": "requested"}]),
        (OrderState.FILLED, []),
    ],
)
async def test_a_cancel_is_told_where_it_does_something(
    house: House, state: OrderState, told: list[Any]
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)

    await house.store.orders.request_cancel(trader.user, order.id, deed=a_deed())

    assert await log_of(house, trader.user) == [
        ("thing.done", f"order:{order.id}", None, after) for after in told
    ]
