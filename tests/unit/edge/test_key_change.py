"""A key of another venue account is refused while something is open, and the old one stays."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
import pytest

from broker_adapters.base import Fill
from bus.ids import uuid7
from bus.messages import ProbeAccount, ReloadAccount
from bus.values import OrderState, Side, WorkerId
from handlers.asking.account_probe import PROBE_WITHIN
from handlers.asking.replies import Reason, Reply, done, encode_reply, failed
from handlers.records.orders import Claim, ClaimedOrder, Settlement
from handlers.store.accounts import NewCredentials
from handlers.vault.base import Sealed
from tests.builders import a_new_order, an_account
from tests.unit.edge.house import KEY, bearer

if TYPE_CHECKING:
    from httpx import Response

    from handlers.records.accounts import Account
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

OLD = NewCredentials(sealed=Sealed(record=b"old", key_version=1), hint="oldd")
NEW = {"api_key": "a" * 32, "api_secret": "b" * 64}


@pytest.fixture
async def gate(house: House) -> Account:
    account = an_account(house.user, broker="gateio")
    return await house.ports.store.catalogue.add_account(account, OLD)


async def hold(house: House, account: Account, state: OrderState = OrderState.FILLED) -> None:
    """Buy one at the account, as its worker records it; only what is filled has a fill."""
    store = house.ports.store
    lease = await store.leases.take(house.user, WorkerId(uuid7()))
    assert lease is not None
    new = a_new_order(account)
    await store.signals.record_manual(
        house.user, new, key="k", body_hash=b"b", trace=("0" * 32, "")
    )
    one = Decimal(1)
    claim = Claim(
        order_id=new.id, lease=lease, side=Side.BUY, frozen_quantity=one, reduce_only=False
    )
    claimed = await store.orders.claim(claim)
    assert isinstance(claimed, ClaimedOrder)
    fill = Fill(
        fill_key="1",
        broker_trade_id="1",
        broker_order_id="1",
        client_order_id=new.client_order_id,
        symbol=new.symbol,
        side=Side.BUY,
        quantity=one,
        price=one,
        fee=Decimal(0),
        fee_currency="USDT",
        at=house.clock.now(),
    )
    await store.orders.settle(
        Settlement(
            order_id=new.id,
            state=state,
            epoch=lease.epoch,
            actor="w",
            fills=(fill,) if state is OrderState.FILLED else (),
        )
    )


async def worker(house: House, reply: Reply) -> None:
    bus = house.ports.bus
    await bus.hints.mark(house.user, WorkerId(uuid7()), ttl=PROBE_WITHIN)
    async with bus.hints.commands(house.user, 1) as commands:
        async for delivery in commands:
            message = delivery.envelope.message
            if isinstance(message, ProbeAccount):
                await bus.replies.answer(house.user, message.request, encode_reply(reply))
            else:
                assert isinstance(message, ReloadAccount)


async def replace(house: House, account: Account, reply: Reply, query: str = "") -> Response:
    path, answers = f"/api/accounts/{account.id}/credentials{query}", list[Any]()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker, house, reply)
        content = msgspec.json.encode(NEW)
        with anyio.fail_after(5):
            answers.append(await house.client.put(path, content=content, headers=bearer(KEY)))
        tasks.cancel_scope.cancel()
    return answers[0]


async def kept(house: House, account: Account) -> Sealed | None:
    return await house.ports.store.accounts.credentials(house.user, account.id)


async def test_another_account_s_key_is_refused_and_the_old_one_stays(
    house: House, gate: Account
) -> None:
    await hold(house, gate)

    answer = await replace(house, gate, failed(Reason.VENUE_ACCOUNT_CHANGED))

    assert (answer.status_code, answer.json()["code"]) == (409, "venue_account_changed")
    assert "other_account=true" in answer.json()["hint"]
    told = [each["action"] for each in await house.items("/api/audit")]
    assert told[:3] == [
        "account.credentials_kept", "account.credentials", "account.credentials_read",
    ]  # fmt: skip
    assert await kept(house, gate) == OLD.sealed


@pytest.mark.parametrize("state", [OrderState.ACCEPTED, OrderState.UNKNOWN])
async def test_an_order_that_works_or_is_in_doubt_keeps_the_old_key_too(
    house: House, gate: Account, state: OrderState
) -> None:
    await hold(house, gate, state)

    answer = await replace(house, gate, failed(Reason.VENUE_ACCOUNT_CHANGED))

    assert (answer.status_code, answer.json()["code"]) == (409, "venue_account_changed")
    assert await kept(house, gate) == OLD.sealed


@pytest.mark.parametrize(
    "reply", [done("account_reachable"), failed(Reason.BROKER_UNAVAILABLE)], ids=["same", "away"]
)
async def test_a_key_that_nothing_speaks_against_is_taken(
    house: House, gate: Account, reply: Reply
) -> None:
    await hold(house, gate)

    assert (await replace(house, gate, reply)).status_code == 200
    assert await kept(house, gate) != OLD.sealed


async def test_where_nothing_is_open_nobody_is_asked(house: House, gate: Account) -> None:
    answer = await replace(house, gate, failed(Reason.VENUE_ACCOUNT_CHANGED))

    assert answer.status_code == 200
    assert await kept(house, gate) != OLD.sealed


async def test_the_user_may_say_that_it_shall_be_another_account(
    house: House, gate: Account
) -> None:
    await hold(house, gate)

    answer = await replace(house, gate, failed(Reason.VENUE_ACCOUNT_CHANGED), "?other_account=true")

    assert answer.status_code == 200
    assert await kept(house, gate) != OLD.sealed
