from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.values import OrderId
from handlers.planning.client_ids import PREFIX, client_order_id, order_ids_of

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


@given(order=ids, length=st.integers(3, 27))
def test_its_beginning_leads_to_the_orders_that_have_it(order: OrderId, length: int) -> None:
    beginning = client_order_id(order)[:length]

    span = order_ids_of(beginning)

    assert span is not None
    first, last = span
    assert first <= order <= last
    assert client_order_id(OrderId(first)).startswith(beginning)
    assert client_order_id(OrderId(last)).startswith(beginning)


@given(order=ids)
def test_the_whole_of_it_leads_to_its_order_alone(order: OrderId) -> None:
    assert order_ids_of(client_order_id(order)) == (order, order)
    assert order_ids_of(client_order_id(order).upper()) == (order, order)


@pytest.mark.parametrize(
    "text", ["", "4p", "5p03cyrtrh5", "4p-3cyr", "4p" + "z" * 25, "4p" + "0" * 26]
)
def test_what_is_no_beginning_of_it_leads_nowhere(text: str) -> None:
    assert order_ids_of(text) is None
