"""Whose account the venue says it is: another one takes nothing over that is open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState
from handlers.records.audit import Deed
from handlers.records.lifecycle import FINAL
from tests.contract.store.house import a_fill
from tests.contract.store.test_accounts import some_credentials

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def test_the_venue_s_account_is_noted_and_known_again(house: House) -> None:
    trader = await house.trader()
    bind = house.store.accounts.bind_venue

    assert await bind(trader.user, trader.account.id, "10001")
    assert await bind(trader.user, trader.account.id, "10001")


@pytest.mark.parametrize("other", ["10002", None])
async def test_another_venue_account_is_taken_while_nothing_is_open(
    house: House, other: str | None
) -> None:
    trader = await house.trader()
    bind = house.store.accounts.bind_venue
    await bind(trader.user, trader.account.id, "10001")
    await house.queued(trader)

    assert await bind(trader.user, trader.account.id, other)


@pytest.mark.parametrize("other", ["10002", None])
@pytest.mark.parametrize("state", sorted(set(OrderState) - FINAL - {OrderState.QUEUED}))
async def test_another_venue_account_is_refused_while_an_order_is_or_may_be_at_the_venue(
    house: House, state: OrderState, other: str | None
) -> None:
    trader = await house.trader()
    bind = house.store.accounts.bind_venue
    await bind(trader.user, trader.account.id, "10001")
    await house.in_state(trader, state)

    assert not await bind(trader.user, trader.account.id, other)
    assert await bind(trader.user, trader.account.id, "10001")


async def test_another_venue_account_is_refused_while_something_is_held(house: House) -> None:
    trader = await house.trader()
    bind = house.store.accounts.bind_venue
    await bind(trader.user, trader.account.id, "10001")
    order = await house.sending(trader)
    await house.settle(order, OrderState.FILLED, fills=(a_fill(order, "1.5"),))

    assert not await bind(trader.user, trader.account.id, "10002")


async def test_the_user_may_say_that_it_is_another_venue_account(house: House) -> None:
    trader = await house.trader()
    accounts, whose = house.store.accounts, (trader.user, trader.account.id)
    await accounts.bind_venue(*whose, "10001")
    await house.sending(trader)
    await accounts.put_credentials(*whose, some_credentials())
    refused = await accounts.bind_venue(*whose, "10002")

    await accounts.put_credentials(
        *whose, some_credentials(), is_other=True, deed=Deed(actor="user", action="x")
    )

    assert not refused
    assert await accounts.bind_venue(*whose, "10002")
    assert not await accounts.bind_venue(*whose, "10001")
    entry = (await house.store.audit.after(trader.user, 0, limit=9))[-1]
    assert json.loads(entry.after or "")["other_account"] is True


async def test_nobody_binds_another_s_account(house: House) -> None:
    trader, thief = await house.trader(), await house.trader()
    bind = house.store.accounts.bind_venue
    await bind(trader.user, trader.account.id, "10001")
    await house.sending(trader)

    await bind(thief.user, trader.account.id, "10002")

    assert await bind(trader.user, trader.account.id, "10001")
