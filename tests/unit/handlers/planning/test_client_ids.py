from __future__ import annotations

import re
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bus.values import OrderId
from handlers.planning.client_ids import PREFIX, client_order_id

ids = st.uuids().map(OrderId)


@given(order=ids)
def test_gate_takes_the_id_after_its_prefix(order: OrderId) -> None:
    assert re.fullmatch(r"[0-9A-Za-z_.-]{1,28}", client_order_id(order))


@given(order=ids)
def test_the_whole_order_id_is_in_it(order: OrderId) -> None:
    digits = client_order_id(order).removeprefix(PREFIX)

    assert UUID(int=int(digits, 36)) == order


@given(order=ids)
def test_it_survives_a_venue_that_ignores_case(order: OrderId) -> None:
    assert client_order_id(order).lower() == client_order_id(order)


def test_it_is_the_same_in_every_release() -> None:
    order = OrderId(UUID("01939b5a-0000-7000-8000-000000000001"))

    assert client_order_id(order) == "4p03cyrtrh5leo00flulmw53u2p"
