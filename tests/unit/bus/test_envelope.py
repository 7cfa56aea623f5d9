"""What an envelope says of itself."""

from __future__ import annotations

from datetime import timedelta

from bus.envelope import named, seal
from bus.ids import uuid7
from bus.messages import StartWorker
from bus.values import OrderId
from tests.builders import ManualClock, a_user


def test_a_line_of_a_log_names_what_whose_which_order_and_which_trace() -> None:
    user, order = a_user(), OrderId(uuid7())
    traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    clock = ManualClock()
    deadline = clock.now() + timedelta(seconds=30)
    message = StartWorker(user_id=user, cause=order, deadline=deadline)

    said = named(seal(message, clock=clock, dedup_id="x", traceparent=traceparent))

    assert said == {
        "type": "StartWorker",
        "user_id": str(user),
        "order_id": str(order),
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
