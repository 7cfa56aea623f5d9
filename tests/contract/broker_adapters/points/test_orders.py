"""Points 1 to 4: what is accepted, how exactly, in which steps, and what refusals are called."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from broker_adapters.base import Accepted, NotFound, OrderReport, Reason, Rejected, Unknown
from bus.ids import uuid7
from bus.values import AccountId, OrderState, OrderType, Side, TimeInForce
from tests.contract.broker_adapters.grounds.ground import Fault, Trait
from tests.contract.broker_adapters.points.asking import point

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = pytest.mark.anyio


@point(1)
async def test_market_order_is_filled_and_found(ground: Ground) -> None:
    request = ground.request()

    await ground.accepted(request)

    found = await ground.found(request)
    assert found.state is OrderState.FILLED
    assert found.filled_quantity == request.quantity
    assert sum(fill.quantity for fill in found.fills) == request.quantity
    assert await ground.held() == 10


@point(1)
async def test_limit_order_away_from_the_market_works_until_it_is_reached(ground: Ground) -> None:
    report = await ground.accepted(ground.limit(below=10))

    await ground.market(ground.price - 20 * ground.tick)

    found = await ground.found(report)
    assert report.state is OrderState.ACCEPTED
    assert found.state is OrderState.FILLED
    assert found.average_price == ground.price - 10 * ground.tick


@point(1)
@pytest.mark.parametrize("time_in_force", list(TimeInForce))
async def test_each_declared_time_in_force_is_taken(
    ground: Ground, time_in_force: TimeInForce
) -> None:
    request = ground.limit(time_in_force=time_in_force)

    outcome = await ground.submit(request)

    if time_in_force in ground.broker.capabilities.times_in_force:
        assert isinstance(outcome, Accepted)
        assert (await ground.found(request)).state is OrderState.FILLED
    else:
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.INVALID_REQUEST


@point(1)
@pytest.mark.parametrize("order_type", list(OrderType))
async def test_undeclared_order_type_is_refused_before_it_is_sent(
    ground: Ground, order_type: OrderType
) -> None:
    able = ground.broker.capabilities
    request = ground.request(order_type=order_type)

    outcome = await ground.submit(request)

    if order_type not in able.order_types:
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.INVALID_REQUEST
        assert await ground.placed(request.client_order_id) == 0


@point(1)
async def test_immediate_order_that_meets_nothing_ends_unfilled(ground: Ground) -> None:
    request = ground.limit(below=10, time_in_force=TimeInForce.IOC)

    report = await ground.accepted(request)

    assert report.state is OrderState.EXPIRED
    assert report.filled_quantity == 0


@point(1)
async def test_client_id_of_the_greatest_length_is_kept(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.CLIENT_ID):
        return
    able = ground.broker.capabilities
    request = ground.limit(below=10, client_order_id="4p" + "z" * (able.client_id_max - 2))

    await ground.accepted(request)

    assert (await ground.found(request)).client_order_id == request.client_order_id


@point(1)
async def test_client_id_that_the_venue_cannot_have_is_refused_unsent(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.CLIENT_ID):
        return
    too_long = ground.request(client_order_id="z" * (ground.broker.capabilities.client_id_max + 1))

    outcome = await ground.submit(too_long)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.INVALID_REQUEST
    assert await ground.placed(too_long.client_order_id) == 0


@point(2)
async def test_numbers_come_back_to_the_last_digit(ground: Ground) -> None:
    instrument = await ground.broker.instrument(ground.symbol)
    quantity = 7 * ground.lot + instrument.quantity_step
    price = ground.price - 3 * instrument.price_tick
    request = ground.limit(quantity=quantity, limit_price=price)
    await ground.accepted(request)

    await ground.market(price)

    found = await ground.found(request)
    assert (found.quantity, found.filled_quantity) == (quantity, quantity)
    assert found.average_price == price
    assert {type(fill.price) for fill in found.fills} == {Decimal}


@point(3)
async def test_steps_are_found_by_a_part_of_the_symbol(ground: Ground) -> None:
    instrument = await ground.broker.instrument(ground.symbol)

    exactly = await ground.broker.instruments(ground.symbol.lower(), limit=5)
    nothing = await ground.broker.instruments("no such thing", limit=5)
    one = await ground.broker.instruments(ground.symbol, limit=1)

    assert exactly[0] == instrument
    assert (list(nothing), list(one)) == ([], [instrument])


@point(3)
@pytest.mark.parametrize("share", ["0.1", "0.5", "0.9", "0.999999"])
async def test_quantity_between_two_steps_is_refused_or_rounded_down(
    ground: Ground, share: str
) -> None:
    instrument = await ground.broker.instrument(ground.symbol)
    whole = 10 * ground.lot
    request = ground.request(quantity=whole + instrument.quantity_step * Decimal(share))

    outcome = await ground.submit(request)

    if isinstance(outcome, Rejected):
        assert outcome.reason is Reason.PRECISION_OR_SIZE
        assert await ground.held() == 0
    else:
        assert isinstance(outcome, Accepted)
        assert await ground.held() == 10


@point(3)
async def test_quantity_of_less_than_one_step_is_not_sent(ground: Ground) -> None:
    instrument = await ground.broker.instrument(ground.symbol)
    request = ground.request(quantity=instrument.quantity_step / 2)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.PRECISION_OR_SIZE
    assert await ground.placed(request.client_order_id) == 0


@point(3)
async def test_price_is_never_rounded_to_a_more_aggressive_one(ground: Ground) -> None:
    instrument = await ground.broker.instrument(ground.symbol)
    wanted = ground.price - 10 * ground.tick - instrument.price_tick / 4
    request = ground.limit(limit_price=wanted)

    outcome = await ground.submit(request)

    if isinstance(outcome, Rejected):
        assert outcome.reason is Reason.PRECISION_OR_SIZE
    else:
        await ground.market(ground.price - 20 * ground.tick)
        found = await ground.found(request)
        assert found.average_price is not None
        assert found.average_price <= wanted


@point(4)
async def test_each_refusal_has_its_canonical_reason(ground: Ground) -> None:
    met: dict[str, str] = {}
    expected: dict[str, str] = {}
    for wrong, (fields, reason) in (await ground.refusals()).items():
        request = ground.request(**fields)
        outcome = await ground.submit(request)
        expected[wrong] = reason
        met[wrong] = outcome.reason.value if isinstance(outcome, Rejected) else repr(outcome)

    assert met == expected
    assert met


@point(4)
async def test_refused_order_does_not_exist(ground: Ground) -> None:
    (fields, _), *_ = (await ground.refusals()).values()
    request = ground.request(**fields)

    await ground.submit(request)

    ref = msgspec.structs.replace(ground.ref(request), symbol=ground.symbol)
    assert await ground.broker.find(ref) == NotFound()
    assert await ground.placed(request.client_order_id) == 0


@point(4)
async def test_words_that_nobody_knows_yet_break_nothing(ground: Ground) -> None:
    request = ground.limit(below=10)
    await ground.fault(Fault.NEW_WORDS)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Accepted | Unknown)
    assert isinstance(await ground.resolved(request), OrderReport)
    assert await ground.placed(request.client_order_id) == 1


@point(4)
async def test_order_of_another_account_is_not_sent(ground: Ground) -> None:
    request = ground.request(account_id=AccountId(uuid7()))

    outcome = await ground.submit(request)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.INVALID_REQUEST
    assert await ground.placed(request.client_order_id) == 0


@point(4)
async def test_sale_of_what_is_not_held_is_refused_where_nothing_can_be_short(
    ground: Ground,
) -> None:
    instrument = await ground.broker.instrument(ground.symbol)
    request = ground.request(side=Side.SELL)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Accepted) is instrument.shorts
