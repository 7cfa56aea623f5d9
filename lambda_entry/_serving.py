"""An event's way through the house: each message to its handler, each turn of a schedule too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bus.base import Destination
from bus.envelope import seal
from bus.errors import TransportUnavailableError, UndecodableError
from handlers.control.handling import handle
from handlers.wiring import dispatcher_of, turn_dispatcher
from lambda_entry._batch import Batch, records_of
from lambda_entry._container import warm
from lambda_entry._deliveries import EventDelivery

if TYPE_CHECKING:
    from bus.messages import Message
    from lambda_entry._batch import Event, EventRecord, Response
    from lambda_entry._container import Means


def serve_batch(event: Event) -> Response:
    """Handle what SQS handed over; what is named in the answer comes back, the rest is deleted."""
    response = warm.run(partial(_handle_all, records_of(event)))
    if response["batchItemFailures"]:
        warm.doubt()
    return response


def take_turn(message: Message, event: Event) -> None:
    """Carry out what a schedule asks for, once an event; a failure is the function's own."""
    error = warm.run(partial(_carry_out, message, str(event.get("id", ""))))
    if error is not None:
        warm.doubt()
        raise error


async def _handle_all(records: tuple[EventRecord, ...], means: Means) -> Response:
    batch = Batch()
    for record in records:
        if batch.holds_back(record) or not await _handle(record, means):
            batch.fail(record)
    return batch.response()


async def _handle(record: EventRecord, means: Means) -> bool:
    """Handle one message; false if it shall come back."""
    destination = destination_of(record)
    message, max_attempts = record.message(), means.lanes[destination].max_attempts
    try:
        delivery = EventDelivery(destination, message, means.queues, max_attempts=max_attempts)
    except UndecodableError as error:
        return await _set_aside(record, means, reason=f"undecodable: {error}")
    dispatcher = dispatcher_of(destination, means.services, means.publisher)
    await handle(delivery, dispatcher, means.services)
    return delivery.is_done


async def _set_aside(record: EventRecord, means: Means, *, reason: str) -> bool:
    try:
        await means.queues.set_aside(destination_of(record), record.message(), reason)
    except TransportUnavailableError:
        return False
    return True


async def _carry_out(message: Message, occasion: str, means: Means) -> Exception | None:
    """Carry a turn out; a failure is returned, since the container is well."""
    dispatcher = turn_dispatcher(means.services, means.publisher)
    sealed = seal(message, clock=means.services.clock, dedup_id=f"turn:{occasion}")
    try:
        await dispatcher.carry_out(sealed)
    except Exception as error:  # noqa: BLE001 - the function fails by it
        return error
    return None


def destination_of(record: EventRecord) -> Destination:
    """Return the destination whose queue this is: its name ends with it.

    Raises:
        ValueError: It is none of ours; the function is mapped to a queue that it does not know.
    """
    name = record.queue.removesuffix(".fifo")
    for destination in Destination:
        if name.endswith(destination):
            return destination
    msg = f"{name} is no queue of ours"
    raise ValueError(msg)
