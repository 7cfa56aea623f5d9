"""What an account holds, and that nobody else's prices or orders touch it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.base import Reason, Rejected
from broker_adapters.errors import InvalidPriceError, UnknownSymbolError
from bus.values import OrderState, OrderType, Side
from tests.contract.broker_adapters.trader import an_account, trading

if TYPE_CHECKING:
    from tests.contract.broker_adapters.trader import Place, Trader

pytestmark = pytest.mark.anyio


async def test_position_is_the_sum_of_what_was_traded(trader: Trader) -> None:
    await trader.placed(quantity=Decimal(3), reference_price=Decimal(100))
    await trader.placed(quantity=Decimal(1), reference_price=Decimal(108))
    await trader.placed(quantity=Decimal(2), side=Side.SELL, reference_price=Decimal(110))

    (position,) = await trader.broker.positions()

    assert position.quantity == 2
    assert position.average_price == 102
    assert position.last_price == 110
    assert position.unrealised_pnl == 16


@pytest.mark.parametrize(("side", "held"), [(Side.BUY, -2), (Side.SELL, 2)])
async def test_one_order_takes_a_position_through_zero(
    trader: Trader, side: Side, held: int
) -> None:
    other = Side.SELL if side is Side.BUY else Side.BUY
    await trader.placed(side=side, quantity=Decimal(1))

    await trader.placed(side=other, quantity=Decimal(3), reference_price=Decimal(120))

    (position,) = await trader.broker.positions()
    assert position.quantity == held
    assert position.average_price == 120


async def test_flip_is_paid_for_by_what_it_closes(place: Place) -> None:
    async with trading(place, deposit=1000, leverage=1) as trader:
        await trader.placed(quantity=Decimal(10))

        await trader.placed(side=Side.SELL, quantity=Decimal(20))

        assert await trader.held() == -10


async def test_flip_that_the_account_cannot_hold_is_refused_whole(place: Place) -> None:
    async with trading(place, deposit=1000, leverage=1) as trader:
        await trader.placed(quantity=Decimal(10))

        outcome = await trader.submit(side=Side.SELL, quantity=Decimal(25))

        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.INSUFFICIENT_FUNDS
        assert await trader.held() == 10


async def test_position_can_be_closed_however_poor_the_account_is(place: Place) -> None:
    async with trading(place, deposit=1000, leverage=1) as trader:
        await trader.placed(side=Side.SELL, quantity=Decimal(10))
        await trader.tick("500")

        await trader.placed(quantity=Decimal(10), reference_price=None)

        assert await trader.held() == 0


async def test_reduce_only_order_is_cut_to_the_position(trader: Trader) -> None:
    await trader.placed(quantity=Decimal(2))

    report = await trader.placed(side=Side.SELL, quantity=Decimal(5), reduce_only=True)

    assert (report.quantity, report.state) == (2, OrderState.FILLED)
    assert await trader.held() == 0


async def test_reduce_only_order_never_enlarges_a_position(trader: Trader) -> None:
    await trader.placed(quantity=Decimal(2))

    outcome = await trader.submit(quantity=Decimal(1), reduce_only=True)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.POSITION_RULE


async def test_working_reduce_only_order_ends_with_its_position(trader: Trader) -> None:
    await trader.placed(quantity=Decimal(2))
    target = await trader.placed(
        side=Side.SELL, reduce_only=True, order_type=OrderType.LIMIT, limit_price=Decimal(150)
    )

    await trader.placed(side=Side.SELL, quantity=Decimal(2))

    ended = await trader.found(target)
    assert ended.state is OrderState.CANCELLED
    assert ended.reason == Reason.POSITION_RULE.value


async def test_money_is_the_deposit_and_what_trading_made_of_it(place: Place) -> None:
    async with trading(place, deposit=1000, leverage=2, fee_rate="0.001") as trader:
        await trader.placed(quantity=Decimal(5))
        await trader.tick("110")

        (balance,) = await trader.broker.balances()

        assert balance.total == Decimal("1049.5")
        assert balance.available == Decimal("774.5")


async def test_all_accounts_of_an_owner_see_one_price(trader: Trader, place: Place) -> None:
    async with trading(place, an_account(trader.account.owner)) as sister:
        waiting = await sister.resting(limit_price=Decimal(95))

        await trader.placed(reference_price=Decimal(90))

        assert (await sister.found(waiting)).state is OrderState.FILLED


async def test_prices_of_one_owner_never_move_anothers_orders(trader: Trader, place: Place) -> None:
    waiting = await trader.resting(limit_price=Decimal(95))

    async with trading(place) as stranger:
        await stranger.tick("1")
        await stranger.placed(reference_price=Decimal(1))

    assert (await trader.found(waiting)).state is OrderState.ACCEPTED
    report = await trader.placed(reference_price=None)
    assert report.average_price == 100


async def test_price_can_be_set_before_any_account_is_open(place: Place) -> None:
    account = an_account()
    async with trading(place, account) as early:
        pass
    await early.tick("42")

    async with trading(place, account) as trader:
        report = await trader.placed(reference_price=None)

        assert report.average_price == 42


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", "1e16", "1e-20"])
async def test_what_is_no_price_is_refused(trader: Trader, price: str) -> None:
    with pytest.raises(InvalidPriceError):
        await trader.tick(price)


async def test_what_is_no_symbol_has_no_price(trader: Trader) -> None:
    with pytest.raises(UnknownSymbolError):
        await trader.tick("1", symbol="no symbol")


async def test_standing_has_an_order_either_working_or_filled(place: Place) -> None:
    async with trading(place, liquidity_per_tick=1) as trader:
        await trader.tick("100")
        await trader.resting(quantity=Decimal(30))
        sums: set[Decimal] = set()
        is_over = anyio.Event()

        async def fill_it() -> None:
            for _ in range(30):
                await trader.tick("40")
            is_over.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(fill_it)
            while not is_over.is_set():
                standing = await trader.broker.standing(with_money=False)
                assert standing is not None
                held = sum((each.quantity for each in standing.positions), Decimal(0))
                sums.add(held + sum((each.left for each in standing.working), Decimal(0)))

        assert sums == {Decimal(30)}


async def test_standing_tells_money_only_where_asked(trader: Trader) -> None:
    without = await trader.broker.standing(with_money=False)
    with_it = await trader.broker.standing(with_money=True)

    assert without is not None
    assert with_it is not None
    assert without.balances == ()
    assert with_it.balances == tuple(await trader.broker.balances())
