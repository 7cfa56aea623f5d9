"""What an outcome at the venue means for the record: pure translation, one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

import msgspec

from broker_adapters.base import (
    Accepted,
    NotSent,
    OrderReport,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from bus.values import OrderId, OrderState
from handlers.records.orders import Mark, Settlement

if TYPE_CHECKING:
    from handlers.orders.desk import Desk
    from handlers.records.orders import Lease


def evidence_of(outcome: msgspec.Struct) -> dict[str, Any]:
    """Return an outcome as plain data for the event log."""
    return msgspec.to_builtins(outcome)


def settlement_of_submit(
    order: OrderId, outcome: SubmitOutcome, desk: Desk, marks: tuple[Mark, ...]
) -> Settlement:
    """Translate what a submit came to."""
    if isinstance(outcome, Accepted):
        return settlement_of_report(order, outcome.report, desk, marks)
    state, code, message = _words_of(outcome)
    return Settlement(
        order_id=order,
        state=state,
        epoch=desk.lease.epoch,
        actor=desk.actor,
        error_code=code,
        error_message=message,
        evidence=evidence_of(outcome),
        marks=marks,
    )


def _words_of(outcome: Rejected | NotSent | Unknown) -> tuple[OrderState, str, str]:
    match outcome:
        case Rejected(reason=reason, message=message):
            return OrderState.REJECTED, reason.value, message
        case NotSent(why=why, reason=reason):
            return OrderState.QUEUED, reason.value, why
        case Unknown(why=why):
            return OrderState.UNKNOWN, "unknown_outcome", why
        case _:
            assert_never(outcome)


def settlement_of_report(
    order: OrderId, report: OrderReport, desk: Desk, marks: tuple[Mark, ...] = ()
) -> Settlement:
    """Translate what the venue says of an order it knows."""
    return Settlement(
        order_id=order,
        state=report.state,
        epoch=desk.lease.epoch,
        actor=desk.actor,
        broker_order_id=report.broker_order_id,
        filled_quantity=report.filled_quantity,
        average_price=report.average_price,
        fills=report.fills,
        error_code=report.reason,
        evidence={"report": _without_fills(report)},
        marks=marks,
    )


def _without_fills(report: OrderReport) -> dict[str, Any]:
    """Return a report as evidence; its fills are told once, beside it."""
    told = evidence_of(report)
    del told["fills"]
    return told


def settlement_of_absence(order: OrderId, desk: Desk, *, is_proved: bool) -> Settlement:
    """Translate a venue's "not found" after the settle time."""
    if is_proved:
        state, code = OrderState.NOT_PLACED, "not_placed"
        message = "The venue never had this order and refuses it from now on; nothing was traded."
    else:
        state, code = OrderState.NEEDS_REVIEW, "needs_review"
        message = "The venue does not show this order, which proves nothing. Look at your account."
    return Settlement(
        order_id=order,
        state=state,
        epoch=desk.lease.epoch,
        actor=desk.actor,
        error_code=code,
        error_message=message,
    )


def settlement_of_silence(order: OrderId, lease: Lease) -> Settlement:
    """Translate that its venue could not be asked about an order at all."""
    return Settlement(
        order_id=order,
        state=OrderState.NEEDS_REVIEW,
        epoch=lease.epoch,
        actor=f"worker:{lease.worker_id}",
        error_code="needs_review",
        error_message="The venue could not be asked about this order. Look at your account there.",
    )
