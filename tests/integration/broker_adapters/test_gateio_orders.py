"""What only Gate has: two markets in one account, two position modes, money for coins."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import msgspec
import pytest

from broker_adapters.base import (
    Accepted,
    NotFound,
    NotSent,
    OrderReport,
    Reason,
    Rejected,
)
from broker_adapters.errors import AuthFailedError, UnknownSymbolError
from bus.values import OrderState, OrderType, Side
from infra.local.doubles.gateio.book import Level
from infra.local.doubles.gateio.faults import Fault
from tests.integration.broker_adapters.gate_sessions import KEY, PAIR, PERPETUAL, Gate, at_gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def gate() -> AsyncGenerator[Gate]:
    async with at_gate() as opened:
        yield opened


async def test_spot_and_perpetual_of_one_name_are_never_crossed(gate: Gate) -> None:
    await gate.accepted(gate.request(PAIR))
    await gate.accepted(gate.request(PERPETUAL, side=Side.SELL, quantity=Decimal("0.3")))

    assert await gate.held(PAIR) == Decimal("0.1")
    assert await gate.held(PERPETUAL) == Decimal("-0.3")


@pytest.mark.parametrize("symbol", ["BTCUSDT", "BTCUSDT.P", "btc_usdt", "BTC_USDT.X", "NO_USDT"])
async def test_symbol_that_gate_does_not_have_is_unknown(gate: Gate, symbol: str) -> None:
    with pytest.raises(UnknownSymbolError):
        await gate.broker.instrument(symbol)


async def test_purchase_at_the_market_never_buys_more_coins_though_the_price_falls(
    gate: Gate,
) -> None:
    """A purchase in money, sized by the offer that was read, would buy twice as many."""
    request = gate.request(PAIR, quantity=Decimal(2))
    gate.venue.faults.add(Fault.HOLD_BEFORE)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gate.submit, request)
        while not gate.doors.server.hold.waiting:
            await anyio.lowlevel.checkpoint()
        gate.venue.spot.stand(PAIR, Decimal(50))
        await gate.doors.server.hold.release()

    assert gate.venue.spot.coins[KEY]["BTC"] == 2


async def test_purchase_at_the_market_takes_nothing_far_above_the_offer(gate: Gate) -> None:
    gate.venue.spot.stand(PAIR, Decimal(100), Decimal("0.5"))
    gate.venue.spot.pair(PAIR).book.asks.append(Level(Decimal(200)))

    report = await gate.accepted(gate.request(PAIR, quantity=Decimal(1)))

    assert report.state is OrderState.EXPIRED
    assert report.filled_quantity == Decimal("0.5")


async def test_coins_are_positions_and_money_is_balance(gate: Gate) -> None:
    await gate.accepted(gate.request(PAIR))

    balances = await gate.broker.balances()

    assert [balance.currency for balance in balances] == ["USDT"]
    assert balances[0].total == Decimal(1_999_990)


async def test_working_sale_still_counts_as_held(gate: Gate) -> None:
    await gate.accepted(gate.request(PAIR))
    sale = gate.request(PAIR, side=Side.SELL, order_type=OrderType.LIMIT, limit_price=Decimal(150))
    await gate.accepted(sale)

    assert await gate.held(PAIR) == Decimal("0.1")


async def test_account_without_futures_trades_spot(gate: Gate) -> None:
    del gate.venue.perpetual.accounts[KEY]
    await gate.connect()

    assert isinstance(await gate.submit(gate.request(PAIR)), Accepted)
    assert [position.symbol for position in await gate.broker.positions()] == [PAIR]
    refused = await gate.submit(gate.request(PERPETUAL))
    assert isinstance(refused, Rejected)
    assert refused.reason is Reason.INSUFFICIENT_FUNDS


async def test_key_that_may_do_nothing_opens_no_session(gate: Gate) -> None:
    gate.venue.forbidden[KEY] = "FORBIDDEN"

    with pytest.raises(AuthFailedError):
        await gate.connect()


async def test_key_for_spot_alone_trades_spot(gate: Gate) -> None:
    gate.venue.forbidden_paths[KEY] = "/futures/"
    await gate.connect()

    await gate.accepted(gate.request(PAIR))

    assert [position.symbol for position in await gate.broker.positions()] == [PAIR]
    assert await gate.broker.open_orders() == ()
    assert (await gate.broker.balances())[0].currency == "USDT"


async def test_order_that_gate_had_and_forgot_was_cancelled_unfilled(gate: Gate) -> None:
    request = gate.request(order_type=OrderType.LIMIT, limit_price=Decimal(90))
    report = await gate.accepted(request)
    ref = gate.ref(report)
    gate.venue.perpetual.cancel(KEY, report.broker_order_id)

    gate.clock.shift += timedelta(hours=1)

    found = await gate.broker.find(ref)
    assert isinstance(found, OrderReport)
    assert (found.state, found.filled_quantity) == (OrderState.CANCELLED, 0)


async def test_order_is_found_though_another_clock_says_that_it_was_sent_later(gate: Gate) -> None:
    request = gate.request(PAIR)
    gate.venue.faults.add(Fault.DROP_AFTER)
    await gate.submit(request)
    later = gate.ref(request).sent_at + timedelta(seconds=90)

    found = await gate.broker.find(msgspec.structs.replace(gate.ref(request), sent_at=later))

    assert isinstance(found, OrderReport)
    assert found.state is OrderState.FILLED


async def test_order_whose_id_nobody_heard_is_not_taken_for_forgotten(gate: Gate) -> None:
    ref = gate.ref(gate.request())
    gate.clock.shift += timedelta(hours=1)

    assert await gate.broker.find(ref) == NotFound()


async def test_second_order_of_one_client_id_is_not_taken_for_another_side(gate: Gate) -> None:
    """Gate takes one text twice; what is found must at least be what was meant."""
    request = gate.request(order_type=OrderType.LIMIT, limit_price=Decimal(90))
    await gate.accepted(request)
    other = msgspec.structs.replace(gate.ref(request), side=Side.SELL)

    assert await gate.broker.find(other) == NotFound()


async def test_look_up_that_gate_does_not_answer_is_unknown_not_absence(gate: Gate) -> None:
    request = gate.request()
    await gate.doors.shut()

    outcome = await gate.broker.find(gate.ref(request))
    await gate.doors.open()

    assert not isinstance(outcome, OrderReport | NotFound)


async def test_order_whose_pair_cannot_be_read_is_not_sent(gate: Gate) -> None:
    await gate.doors.shut()

    outcome = await gate.submit(gate.request())
    await gate.doors.open()

    assert isinstance(outcome, NotSent)


async def test_order_that_the_venue_cannot_place_in_time_is_refused_there(gate: Gate) -> None:
    request = gate.request()
    gate.venue.faults.add(Fault.HOLD_BEFORE)
    await gate.submit(request)
    gate.clock.shift += timedelta(seconds=3)

    await gate.doors.server.hold.release()

    assert gate.venue.placed(f"t-{request.client_order_id}") == 0


async def test_order_that_is_too_late_is_not_written(gate: Gate) -> None:
    request = gate.request()

    outcome = await gate.broker.submit(request, send_by=gate.clock.now())

    assert isinstance(outcome, NotSent)
    assert gate.venue.posts(f"t-{request.client_order_id}") == 0


async def test_filled_order_is_found_by_its_trade_where_no_list_shows_it(gate: Gate) -> None:
    request = gate.request(PAIR)
    gate.venue.faults.add(Fault.DROP_AFTER)
    await gate.submit(request)
    gate.venue.spot.ledger.hides_finished = True

    found = await gate.broker.find(gate.ref(request))

    assert isinstance(found, OrderReport)
    assert found.filled_quantity == request.quantity


async def test_order_that_ended_unfilled_is_found_in_the_list_of_the_finished(gate: Gate) -> None:
    request = gate.request(PAIR, order_type=OrderType.LIMIT, limit_price=Decimal(90))
    report = await gate.accepted(request)
    gate.venue.spot.cancel(KEY, report.broker_order_id, PAIR)

    found = await gate.broker.find(gate.ref(request))

    assert isinstance(found, OrderReport)
    assert found.state is OrderState.CANCELLED


async def test_contract_that_is_being_delisted_may_only_be_closed(gate: Gate) -> None:
    await gate.accepted(gate.request())
    gate.venue.perpetual.contract(PAIR).in_delisting = True

    opening = await gate.submit(gate.request())
    closing = await gate.submit(gate.request(side=Side.SELL, reduce_only=True))

    assert isinstance(opening, Rejected)
    assert opening.reason is Reason.MARKET_CLOSED
    assert isinstance(closing, Accepted)


async def test_pair_that_is_not_traded_now_is_a_closed_market(gate: Gate) -> None:
    gate.venue.spot.pair(PAIR).status = "untradable"

    outcome = await gate.submit(gate.request(PAIR))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.MARKET_CLOSED


async def test_steps_that_changed_at_gate_are_read_anew_after_its_refusal(gate: Gate) -> None:
    await gate.broker.instrument(PAIR)
    gate.venue.spot.pair(PAIR).amount_precision = 1
    request = gate.request(PAIR, quantity=Decimal("0.15"))

    refused = await gate.submit(request)
    taken = await gate.submit(msgspec.structs.replace(request, client_order_id="4pagain"))

    assert isinstance(refused, Rejected)
    assert refused.reason is Reason.PRECISION_OR_SIZE
    assert isinstance(taken, Accepted)
    assert await gate.held(PAIR) == Decimal("0.1")


async def test_resting_sale_sets_its_coins_aside(gate: Gate) -> None:
    await gate.accepted(gate.request(PAIR, quantity=Decimal(1)))
    rests = gate.request(
        PAIR,
        side=Side.SELL,
        quantity=Decimal("0.4"),
        order_type=OrderType.LIMIT,
        limit_price=Decimal(500),
    )
    await gate.accepted(rests)

    [position] = await gate.broker.positions()

    assert (position.quantity, position.locked) == (1, Decimal("0.4"))
    whole = gate.request(PAIR, side=Side.SELL, quantity=Decimal(1), reduce_only=True)
    assert isinstance(await gate.submit(whole), Rejected)
    rest = gate.request(PAIR, side=Side.SELL, quantity=Decimal("0.6"), reduce_only=True)
    assert (await gate.accepted(rest)).filled_quantity == Decimal("0.6")
