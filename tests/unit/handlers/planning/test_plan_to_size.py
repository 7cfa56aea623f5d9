"""From any alert to an order's size: nothing raises, and an exit opens nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bus.values import Mode, OrderType
from handlers.planning.planned import Planned, plan
from handlers.records.accounts import StrategySettings
from handlers.records.sizing_rules import DriftPolicy
from handlers.signals import EXITS, Action, Position, QuantityType, Signal
from handlers.sizing.sized import Denied, Holding, Sized, size
from tests.unit.handlers.planning.plan_builders import NOW, RECEIVED_AT, an_account, recognised
from tests.unit.handlers.sizing.sizing_builders import D, an_instrument

quantities = st.decimals(min_value="1e-12", max_value=D(10) ** 15 - 1, places=12)
sizes = st.decimals(min_value=-(D(10) ** 15) + 1, max_value=D(10) ** 15 - 1, places=12)
positions = st.none() | st.sampled_from(Position)


@st.composite
def any_signal(draw: st.DrawFn) -> Signal:
    action = draw(st.sampled_from(Action))
    return Signal(
        ticker=draw(st.sampled_from(["BTCUSDT", "BTCUSDT.P", "TXF1!", "2330"])),
        action=action,
        quantity=draw(st.none() | quantities),
        quantity_type=draw(st.sampled_from(QuantityType)),
        position=draw(positions),
        position_size=draw(st.none() | sizes),
        prev_position=draw(positions),
        prev_position_size=draw(st.none() | sizes),
        order_type=draw(st.sampled_from(OrderType)),
        price=draw(st.none() | quantities),
        time=draw(st.none() | st.just(NOW) | st.just(NOW - timedelta(seconds=300))),
        is_bar_time=draw(st.booleans()),
        reduce_only=action in EXITS or draw(st.booleans()),
        mode=draw(st.none() | st.sampled_from(Mode)),
    )


holdings = st.builds(
    Holding,
    position=sizes,
    working=sizes,
    equity=st.none() | quantities,
    price=st.none() | quantities,
)
settings = st.builds(StrategySettings, follows=st.booleans(), drift=st.sampled_from(DriftPolicy))


@given(
    signal=any_signal(),
    settings=settings,
    multiplier=st.sampled_from(["1", "0.333", "12.5"]),
    holding=holdings,
    can_flip=st.booleans(),
)
def test_every_alert_comes_to_orders_or_to_a_reason(
    signal: Signal,
    settings: StrategySettings,
    multiplier: str,
    holding: Holding,
    *,
    can_flip: bool,
) -> None:
    whose = recognised(
        an_account("A", multiplier=multiplier), default_quantity="1", settings=settings
    )
    found = plan(signal, whose, now=NOW, received_at=RECEIVED_AT)

    for order in found.orders if isinstance(found, Planned) else ():
        sized = size(
            order.sizing,
            holding,
            an_instrument(step="0.00000001"),
            can_flip=can_flip,
            reduce_only=order.reduce_only,
        )
        assert isinstance(sized, Sized | Denied)
        if isinstance(sized, Sized) and order.reduce_only:
            assert_reduces(holding.position or Decimal(0), sized)


def assert_reduces(position: Decimal, sized: Sized) -> None:
    assert sized.reduce_only
    assert sized.next_leg is None
    assert sized.quantity <= abs(position)
    assert sized.side == ("sell" if position > 0 else "buy")
