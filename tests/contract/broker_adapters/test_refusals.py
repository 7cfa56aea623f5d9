"""What the venue refuses, and in which of the house's words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from broker_adapters.base import NotFound, Reason, Rejected
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderType
from tests.contract.broker_adapters.trader import an_account, trading

if TYPE_CHECKING:
    from tests.contract.broker_adapters.trader import Place, Trader

pytestmark = pytest.mark.anyio

LIMIT = OrderType.LIMIT
REFUSED: list[tuple[dict[str, Any], Reason]] = [
    ({"quantity": Decimal(0)}, Reason.PRECISION_OR_SIZE),
    ({"quantity": Decimal(-1)}, Reason.PRECISION_OR_SIZE),
    ({"quantity": Decimal("0.000000001")}, Reason.PRECISION_OR_SIZE),
    ({"quantity": Decimal("1e16")}, Reason.PRECISION_OR_SIZE),
    ({"reference_price": Decimal(0)}, Reason.PRECISION_OR_SIZE),
    ({"order_type": LIMIT, "limit_price": Decimal("1e-9")}, Reason.PRECISION_OR_SIZE),
    ({"order_type": OrderType.STOP, "stop_price": Decimal(-5)}, Reason.PRECISION_OR_SIZE),
    ({"symbol": ""}, Reason.INVALID_INSTRUMENT),
    ({"symbol": "BTC USDT"}, Reason.INVALID_INSTRUMENT),
    ({"symbol": "X" * 65}, Reason.INVALID_INSTRUMENT),
    ({"client_order_id": ""}, Reason.INVALID_REQUEST),
    ({"client_order_id": "x" * 65}, Reason.INVALID_REQUEST),
    ({"order_type": LIMIT}, Reason.INVALID_REQUEST),
    ({"limit_price": Decimal(5)}, Reason.INVALID_REQUEST),
    ({"order_type": OrderType.STOP}, Reason.INVALID_REQUEST),
    ({"stop_price": Decimal(5)}, Reason.INVALID_REQUEST),
    ({"order_type": OrderType.TRAILING_STOP}, Reason.INVALID_REQUEST),
    ({"mode": Mode.LIVE}, Reason.PERMISSION),
    ({"account_id": AccountId(uuid7())}, Reason.INVALID_REQUEST),
    ({"reduce_only": True}, Reason.POSITION_RULE),
    ({"quantity": Decimal(1_000_000)}, Reason.INSUFFICIENT_FUNDS),
]


@pytest.mark.parametrize(
    ("fields", "reason"), REFUSED, ids=[f"{n}-{reason}" for n, (_, reason) in enumerate(REFUSED)]
)
async def test_senseless_order_is_refused_for_its_reason(
    trader: Trader, fields: dict[str, Any], reason: Reason
) -> None:
    outcome = await trader.submit(**fields)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is reason
    assert outcome.message


async def test_refused_order_leaves_nothing_behind(trader: Trader) -> None:
    request = trader.request(quantity=Decimal(1_000_000), reference_price=Decimal(100))

    await trader.submit(request)

    assert await trader.broker.find(trader.ref(request)) == NotFound()
    assert await trader.broker.positions() == ()
    outcome = await trader.submit(reference_price=None)
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.NO_PRICE


async def test_refused_client_id_can_be_used_again(trader: Trader) -> None:
    request = trader.request(quantity=Decimal(1_000_000))
    await trader.submit(request)

    report = await trader.placed(client_order_id=request.client_order_id)

    assert report.client_order_id == request.client_order_id


async def test_working_orders_bind_the_accounts_money(place: Place) -> None:
    async with trading(place, deposit=1000, leverage=1) as trader:
        await trader.resting(quantity=Decimal(15))

        outcome = await trader.submit(quantity=Decimal(5))

        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.INSUFFICIENT_FUNDS
        await trader.placed(quantity=Decimal(2))


async def test_cancelled_order_frees_the_accounts_money(place: Place) -> None:
    async with trading(place, deposit=1000, leverage=1) as trader:
        report = await trader.resting(quantity=Decimal(15))
        await trader.broker.cancel(trader.ref(report))

        report = await trader.placed(quantity=Decimal(5))

        assert report.filled_quantity == 5


async def test_session_serves_no_other_account_of_its_owner(trader: Trader, place: Place) -> None:
    async with trading(place, an_account(trader.account.owner)) as sister:
        outcome = await trader.submit(account_id=sister.account.id)

        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.INVALID_REQUEST
        assert await sister.held() == 0
