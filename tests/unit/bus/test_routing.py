"""Every message has one destination, every destination one carrier."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bus.base import Destination
from bus.errors import UnroutableError
from bus.messages import Message, StopWorker
from bus.routing import ROUTES, Carrier, carrier_of, resolve
from bus.values import UserId


def test_every_message_has_a_destination() -> None:
    assert set(ROUTES) == set(Message.__args__)


def test_every_destination_is_used() -> None:
    assert set(ROUTES.values()) == set(Destination)


def test_a_message_goes_where_its_row_says() -> None:
    message = StopWorker(user_id=UserId(uuid4()), reason="")

    assert resolve(message) is Destination.WORKER_CONTROL


def test_a_message_without_a_row_is_unroutable() -> None:
    message = StopWorker(user_id=UserId(uuid4()), reason="")

    with pytest.raises(UnroutableError, match="StopWorker"):
        resolve(message, {})


@pytest.mark.parametrize("queues", list(Carrier))
def test_queues_are_carried_by_what_the_settings_say(queues: Carrier) -> None:
    for destination in set(Destination) - {Destination.ORDERS}:
        assert carrier_of(destination, queues) is queues


def test_orders_stay_on_valkey_where_the_queues_are_elsewhere() -> None:
    assert carrier_of(Destination.ORDERS, Carrier.SQS) is Carrier.VALKEY


def test_orders_are_in_memory_where_all_is() -> None:
    assert carrier_of(Destination.ORDERS, Carrier.MEMORY) is Carrier.MEMORY
