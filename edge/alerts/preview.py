"""What an alert would do if it were sent now: explained and planned, never recorded.

The position is the one that the record knows; a worker looks at the venue's own before it sends.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from broker_adapters.base import Instrument
from edge.alerts.meaning import plan_signals
from edge.errors import ApiError
from handlers.phrases import in_turn, phrase
from handlers.planning.summaries import summary_of
from handlers.records.accounts import StrategyState
from handlers.records.sizing_rules import is_plain
from handlers.signals import SignalError, normalise
from handlers.signals.explain import explained, refused
from handlers.sizing.moves import Holding
from handlers.sizing.sized import Denied, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import Side
    from edge.alerts.alert import Alert
    from edge.alerts.meaning import Meant
    from edge.ports import Ports
    from handlers.phrases import Phrase
    from handlers.records.accounts import Recognised
    from handlers.records.alerts import NewOrder
    from handlers.records.views import PositionView

_STEP = Decimal("0.00000001")
_ENCODER = msgspec.json.Encoder()


class PlannedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that would be made; side and quantity are null where only the venue can tell.

    Attributes:
        symbol: What the account's venue calls it; the alert's own where it has no meaning there.
        chart: What the alert calls it; null where the venue has no such thing.
        mapped_by: Who says that it is the same: `rule` or `override`; null likewise.
    """

    account_id: UUID
    symbol: str
    chart: str | None
    mapped_by: str | None
    side: str | None
    quantity: str | None
    summary: str


class PreviewBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an alert would mean and do.

    An alert that is understood and refused all the same has its meaning beside the error's fields.

    Attributes:
        status: `ok`, or `error`.
        signals: All signals of an array; `signal` is the first.
        line: Where malformed JSON breaks, from 1; so is `column`.
        plan: What would be ordered, account by account; empty where no strategy is named.
    """

    status: Literal["ok", "error"]
    dialect: str | UnsetType = UNSET
    signal: dict[str, Any] | UnsetType = UNSET
    signals: list[dict[str, Any]] | UnsetType = UNSET
    meaning: str | UnsetType = UNSET
    warnings: list[str] | UnsetType = UNSET
    code: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    field: str | UnsetType | None = UNSET
    line: int | UnsetType | None = UNSET
    column: int | UnsetType | None = UNSET
    hint: str | UnsetType | None = UNSET
    plan: list[PlannedOrder]


async def preview(
    ports: Ports, alert: Alert, recognised: Recognised | None, *, language: str = "en"
) -> bytes:
    """Return `explain`'s JSON with the plan beside it; nothing is written down."""
    try:
        read = normalise(alert.body)
    except SignalError as error:
        return _encode(refused(error, language=language), [])
    said = explained(read, language=language, has_strategy=recognised is not None)
    if recognised is None:
        return _encode(said, [])
    closed = await _refused_now(ports, recognised)
    closed = [each.said(language) for each in closed]
    said = msgspec.structs.replace(said, warnings=(*said.warnings, *closed))
    try:
        meant = plan_signals(read, alert, recognised, now=ports.clock.now())
    except ApiError as refusal:
        return _encode(said, [], _error(refusal, language))
    positions = await ports.store.queries.positions(recognised.strategy.user_id)
    warnings = dict.fromkeys(
        [*said.warnings, *(each.said(language) for one in meant for each in one.warnings)]
    )
    return _encode(said, _orders(meant, positions, language), {"warnings": list(warnings)})


async def _refused_now(ports: Ports, recognised: Recognised) -> list[Phrase]:
    """Say why an alert that is sent now would be refused, whatever it means."""
    if recognised.strategy.state is StrategyState.PAUSED:
        return [phrase("paused_now")]
    switch = await ports.store.switches.read(recognised.strategy.user_id)
    if switch.is_engaged:
        return [phrase("only_exits_now" if switch.allows_exits else "switched_off_now")]
    return []


def _orders(
    meant: Sequence[Meant], positions: Sequence[PositionView], language: str
) -> list[PlannedOrder]:
    return [
        _planned(order, note, positions, language)
        for one in meant
        for order, note in zip(one.planned.orders, one.planned.notes, strict=True)
    ]


def _planned(
    order: NewOrder, why: Phrase | None, positions: Sequence[PositionView], language: str
) -> PlannedOrder:
    side, quantity, note = _sized(order, positions)
    summary, note = summary_of(order), note or why
    if note is not None:
        summary = phrase("with_note", summary=summary, note=note)
    mapping = order.mapping
    return PlannedOrder(
        account_id=order.account_id,
        symbol=order.symbol,
        chart=None if mapping is None else mapping.chart,
        mapped_by=None if mapping is None else mapping.by.value,
        side=None if side is None else side.value,
        quantity=None if quantity is None else format(quantity.normalize(), "f"),
        summary=summary.said(language),
    )


def _sized(
    order: NewOrder, positions: Sequence[PositionView]
) -> tuple[Side | None, Decimal | None, Phrase | None]:
    """Size an order as a worker would, with the finest steps and no bounds."""
    if is_plain(order.sizing) and not order.reduce_only:
        return order.side, order.quantity, None
    held = sum(
        (
            position.quantity
            for position in positions
            if position.account_id == order.account_id
            and order.symbol in {position.symbol, *position.names}
        ),
        Decimal(0),
    )
    instrument = Instrument(
        symbol=order.symbol, quantity_step=_STEP, price_tick=_STEP, min_quantity=_STEP
    )
    holding = Holding(position=held, price=order.limit_price or order.reference_price)
    sized = size(order.sizing, holding, instrument, can_flip=True, reduce_only=order.reduce_only)
    if isinstance(sized, Denied):
        return order.side, order.quantity, sized.message
    return sized.side, sized.quantity, in_turn(sized.notes) if sized.notes else None


def _error(refusal: ApiError, language: str) -> dict[str, Any]:
    message, hint = refusal.said(language)
    return {
        "status": "error",
        "code": refusal.code,
        "message": message,
        "field": refusal.field,
        "hint": hint,
    }


def _encode(
    said: msgspec.Struct, plan: list[PlannedOrder], more: dict[str, Any] | None = None
) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(said)
    return _ENCODER.encode(PreviewBody(**(fields | (more or {})), plan=plan))
