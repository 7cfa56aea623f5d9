"""Committing an alert, and telling the user's worker; the reply is made of what was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bus.ids import uuid7
from bus.messages import ExecuteOrder
from bus.values import SignalId
from edge.alerts.alert import Taken
from edge.alerts.dispatch import cancel_hints
from edge.alerts.refusals import WrittenError, refused_with
from edge.alerts.replies import ReplyOrder, SignalReply, answer_signals
from handlers.errors import StoreUnavailableError
from handlers.phrases import phrase
from handlers.planning.summaries import summary_of
from handlers.records.alerts import Duplicate, NewSignal, Recorded, RefusedAtRecord, SignalOutcome
from handlers.signals import masked_body
from handlers.store.hints import execute_hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.envelope import Envelope
    from bus.values import OrderId
    from edge.alerts.alert import Alert
    from edge.alerts.meaning import Meant, Understood
    from edge.errors import ApiError
    from edge.ports import Ports
    from handlers.phrases import Phrase
    from handlers.records.accounts import Recognised

TEST_DIALECT = "test"
"""What is written down instead of the dialect, where somebody tries their strategy by hand."""

_RATE_LIMITED = "rate_limited"
_ID_REUSED = phrase("id_reused")
_TOO_FAST = phrase("too_fast")


async def record_all(
    ports: Ports, alert: Alert, recognised: Recognised, meant: Sequence[Meant]
) -> Taken:
    """Record the signals of an alert in their order; their orders are hinted all at once.

    Raises:
        WrittenError: The record refuses one, and took no other.
        StoreUnavailableError: One could not be recorded. Those before it are; sent again, they
            are duplicates.
    """
    replies: list[SignalReply] = []
    hints: list[Envelope] = []
    orders: list[OrderId] = []
    for one in meant:
        new = _new_signal(alert, recognised, one)
        match await ports.store.signals.record(new):
            case Recorded(to_cancel=to_cancel, is_id_reused=is_id_reused):
                replies.append(_accepted(new, one, alert, (_ID_REUSED,) if is_id_reused else ()))
                hints += _hints(ports, new)
                orders += [order.id for order in new.orders if order.denied_code is None]
                if to_cancel:
                    parent = alert.trace.traceparent
                    hints += cancel_hints(ports, new.user_id, to_cancel, parent=parent)
                    orders += [order for order, _ in to_cancel]
            case Duplicate() as duplicate:
                replies.append(await _duplicate(ports, duplicate, one, alert))
            case RefusedAtRecord(code=code):
                replies.append(_refused(new, one, alert, refused_with(code)))
    if "accepted" not in [reply.status for reply in replies]:
        _raise_refusal(replies)
    ports.afterwards.stir(recognised.strategy.user_id)
    return Taken(
        answer=answer_signals(tuple(replies)),
        user_id=recognised.strategy.user_id,
        trace=alert.trace,
        hints=tuple(hints),
        orders=tuple(orders),
    )


async def record_rejected(
    ports: Ports, alert: Alert, recognised: Recognised, meant: Sequence[Meant]
) -> Taken:
    """Write the signals down as rejected: they came too fast.

    What repeats an alert that was accepted is told so all the same: that one trades.
    """
    replies: list[SignalReply] = []
    for one in meant:
        new = msgspec.structs.replace(
            _new_signal(alert, recognised, one),
            outcome=SignalOutcome.REJECTED,
            code=_RATE_LIMITED,
            orders=(),
            cancels=(),
        )
        match await ports.store.signals.record(new):
            case Duplicate() as duplicate:
                replies.append(await _duplicate(ports, duplicate, one, alert))
            case _:
                replies.append(_rejected(new, one, alert))
    return Taken(
        answer=answer_signals(tuple(replies)),
        user_id=recognised.strategy.user_id,
        trace=alert.trace,
    )


async def write_refusal(
    ports: Ports,
    alert: Alert,
    recognised: Recognised,
    refusal: ApiError,
    said: Understood | None,
) -> None:
    """Write a refused alert down, masked, with what it said as far as that was understood.

    The refusal stands whether or not that succeeds.
    """
    if refusal.status >= 500 or isinstance(refusal, WrittenError):
        return
    try:
        await ports.store.signals.record(
            NewSignal(
                id=SignalId(uuid7()),
                strategy_id=recognised.strategy.id,
                user_id=recognised.strategy.user_id,
                dialect=_dialect(alert, None if said is None else said.dialect),
                body=masked_body(alert.body),
                signal=None if said is None else said.encoded,
                outcome=SignalOutcome.REFUSED,
                code=refusal.code,
                dedupe=None,
                received_at=alert.received_at,
                trace_id=alert.trace.trace_id,
                traceparent=alert.trace.traceparent,
            )
        )
    except StoreUnavailableError:
        return
    ports.afterwards.stir(recognised.strategy.user_id)


def _dialect(alert: Alert, said: str | None) -> str | None:
    return TEST_DIALECT if alert.is_test else said


def _new_signal(alert: Alert, recognised: Recognised, one: Meant) -> NewSignal:
    return NewSignal(
        id=SignalId(uuid7()),
        strategy_id=recognised.strategy.id,
        user_id=recognised.strategy.user_id,
        dialect=_dialect(alert, one.dialect),
        body=one.masked,
        signal=one.encoded,
        outcome=SignalOutcome.ACCEPTED,
        dedupe=one.dedupe,
        received_at=alert.received_at,
        trace_id=alert.trace.trace_id,
        traceparent=alert.trace.traceparent,
        orders=one.planned.orders,
        cancels=one.planned.cancels,
    )


def _hints(ports: Ports, new: NewSignal) -> list[Envelope]:
    return [
        execute_hint(
            ExecuteOrder(user_id=new.user_id, order_id=order.id, account_id=order.account_id),
            ports.clock,
            until=order.expires_at,
            parent=new.traceparent,
        )
        for order in new.orders
        if order.denied_code is None
    ]


def _accepted(
    new: NewSignal, one: Meant, alert: Alert, warnings: tuple[Phrase, ...]
) -> SignalReply:
    return SignalReply(
        status="accepted",
        signal_id=new.id,
        trace_id=new.trace_id,
        dialect=one.dialect,
        orders=tuple(
            [
                ReplyOrder(id=order.id, account=order.account_id, summary=summary)
                for order, summary in zip(new.orders, _summaries(one, alert), strict=True)
            ]
        ),
        warnings=_said((*one.warnings, *warnings), alert),
    )


def _summaries(one: Meant, alert: Alert) -> Sequence[str]:
    """Say what each order shall do; in English, which webhooks answer in, it is said already."""
    if alert.language == "en":
        return one.planned.summaries
    return [summary_of(order).said(alert.language) for order in one.planned.orders]


def _said(warnings: Sequence[Phrase], alert: Alert) -> tuple[str, ...]:
    return tuple([warning.said(alert.language) for warning in warnings])


def _rejected(new: NewSignal, one: Meant, alert: Alert) -> SignalReply:
    message = _TOO_FAST.said(alert.language)
    return _without_orders("rejected", new, one, alert, why=(_RATE_LIMITED, message))


def _refused(new: NewSignal, one: Meant, alert: Alert, why: ApiError) -> SignalReply:
    message, _ = why.said(alert.language)
    return _without_orders("refused", new, one, alert, why=(why.code, message))


def _without_orders(
    status: str, new: NewSignal, one: Meant, alert: Alert, *, why: tuple[str, str]
) -> SignalReply:
    return SignalReply(
        status=status,
        signal_id=new.id,
        trace_id=new.trace_id,
        dialect=one.dialect,
        orders=(),
        warnings=_said(one.warnings, alert),
        code=why[0],
        message=why[1],
    )


def _raise_refusal(replies: Sequence[SignalReply]) -> None:
    """Answer with the first refusal, if there is one: nothing new was taken beside it."""
    for reply in replies:
        if reply.status == "refused" and reply.code is not None:
            raise refused_with(reply.code, WrittenError)


async def _duplicate(ports: Ports, duplicate: Duplicate, one: Meant, alert: Alert) -> SignalReply:
    """Name the first signal and its orders; each order is read, so that what is said is true."""
    orders: list[ReplyOrder] = []
    for order_id in duplicate.order_ids:
        order = await ports.store.orders.load(order_id)
        if order is not None:
            orders.append(
                ReplyOrder(
                    id=order.id,
                    account=order.account_id,
                    summary=summary_of(order).said(alert.language),
                )
            )
    return SignalReply(
        status="duplicate",
        signal_id=duplicate.signal_id,
        trace_id=alert.trace.trace_id,
        dialect=one.dialect,
        orders=tuple(orders),
        warnings=_said(one.warnings, alert),
    )
