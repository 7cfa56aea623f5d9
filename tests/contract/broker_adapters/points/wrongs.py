"""Adapters that do one thing wrong each, around one that does it right."""

from __future__ import annotations

import time
from decimal import ROUND_UP
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from broker_adapters.base import (
    Accepted,
    NotFound,
    NotSent,
    OrderRef,
    OrderReport,
    OrderRequest,
    Reason,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from broker_adapters.errors import AuthFailedError, BrokerError, BrokerUnavailableError
from bus.values import OrderType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from broker_adapters.base import Broker, BrokerEvent, Fill, FindOutcome, Position, SessionInfo

_replace = msgspec.structs.replace


class Around:
    """The right adapter, but for what a subclass does."""

    def __init__(self, broker: Broker, secrets: Sequence[str] = ()) -> None:
        self.right = broker
        self.secrets = secrets

    def __getattr__(self, name: str) -> Any:
        return getattr(self.right, name)

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        return self.after(await self.right.submit(request, send_by=send_by))

    async def find(self, ref: OrderRef) -> FindOutcome:
        found = await self.right.find(ref)
        return self.told(found) if isinstance(found, OrderReport) else found

    def after(self, outcome: SubmitOutcome) -> SubmitOutcome:
        """Change what a submit came to."""
        if isinstance(outcome, Accepted):
            return _replace(outcome, report=self.told(outcome.report))
        return outcome

    def told(self, report: OrderReport) -> OrderReport:
        """Change what is told of an order."""
        return report


class SendsAgain(Around):
    """Takes silence for a failure."""

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        outcome = await self.right.submit(request, send_by=send_by)
        if isinstance(outcome, Unknown):
            return await self.right.submit(request, send_by=send_by)
        return outcome


class CallsLostRefused(Around):
    """Takes a 504 for a refusal."""

    def after(self, outcome: SubmitOutcome) -> SubmitOutcome:
        if isinstance(outcome, Unknown):
            return Rejected(reason=Reason.BROKER_UNAVAILABLE, message="504")
        return outcome


class CallsLostUnsent(Around):
    """Takes a broken connection for one that never was."""

    def after(self, outcome: SubmitOutcome) -> SubmitOutcome:
        return NotSent(why=outcome.why) if isinstance(outcome, Unknown) else outcome


class Raises(Around):
    """Lets its driver's error through."""

    def after(self, outcome: SubmitOutcome) -> SubmitOutcome:
        if isinstance(outcome, Unknown):
            raise BrokerUnavailableError(outcome.why)
        return outcome


class ForgetsSendBy(Around):
    """Sends however late it is, and tells the venue nothing."""

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        return await self.right.submit(request, send_by=send_by.replace(year=send_by.year + 1))


class CallsDoubleRefused(Around):
    """Takes the refusal of a second order for the order's own."""

    def after(self, outcome: SubmitOutcome) -> SubmitOutcome:
        if isinstance(outcome, Unknown) and outcome.why.startswith(Reason.DUPLICATE.value):
            return Rejected(reason=Reason.DUPLICATE, message="422")
        return outcome


class RoundsUp(Around):
    """Trades more than was asked for."""

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        step = (await self.right.instrument(request.symbol)).quantity_step
        more = _replace(
            request, quantity=(request.quantity / step).to_integral_value(ROUND_UP) * step
        )
        return await self.right.submit(more, send_by=send_by)


class CountsInFloats(Around):
    """Divides by a step as a float."""

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        step = (await self.right.instrument(request.symbol)).quantity_step
        less = _replace(request, quantity=int(float(request.quantity) / float(step)) * step)
        return await self.right.submit(less, send_by=send_by)


class TellsFloats(Around):
    """Hands on the numbers of a JSON decoder."""

    def told(self, report: OrderReport) -> OrderReport:
        price = report.average_price
        wrong: Any = None if price is None else float(price)
        return _replace(report, average_price=wrong)


class TellsLocalTimes(Around):
    """Drops the zone."""

    def told(self, report: OrderReport) -> OrderReport:
        return _replace(report, at=report.at.replace(tzinfo=None))


class TellsFillsTwice(Around):
    """Streams a fill under another key than a look-up has."""

    async def events(self) -> AsyncIterator[BrokerEvent]:
        async for event in self.right.events():
            if isinstance(event, OrderReport):
                named = [_replace(fill, fill_key=f"ws:{fill.fill_key}") for fill in event.fills]
                yield _replace(event, fills=(*event.fills, *named))
            else:
                yield event


class CountsFillsTwice(Around):
    """Lists a fill for each page that it is on."""

    def told(self, report: OrderReport) -> OrderReport:
        return _replace(report, fills=report.fills * 2)


class KeepsFills(Around):
    """Says that an order is filled, and never by what."""

    def told(self, report: OrderReport) -> OrderReport:
        return _replace(report, fills=())

    async def events(self) -> AsyncIterator[BrokerEvent]:
        async for event in self.right.events():
            yield self.told(event) if isinstance(event, OrderReport) else event


class NamesNoOrder(Around):
    """Tells fills as a list of executions has them: without the client's id."""

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        fills = await self.right.fills_since(since)
        return [_replace(fill, client_order_id="") for fill in fills]


class Blocks(Around):
    """Waits for the venue on the loop itself."""

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        time.sleep(0.15)  # noqa: ASYNC251 - the very wrong
        return await self.right.submit(request, send_by=send_by)


class TakesAnothers(Around):
    """Recognises an order by its symbol and its size alone."""

    async def find(self, ref: OrderRef) -> FindOutcome:
        found = await self.right.find(ref)
        if isinstance(found, OrderReport):
            return found
        orders = await self.right.orders_since(ref.sent_at.replace(year=ref.sent_at.year - 1))
        return next((each for each in orders if each.quantity == ref.quantity), found)


class FindsNothing(Around):
    """Takes silence for absence."""

    async def find(self, ref: OrderRef) -> FindOutcome:
        found = await self.right.find(ref)
        return NotFound() if isinstance(found, Unknown) else found


class ReadsOnePage(Around):
    """Takes the first page for the list."""

    async def open_orders(self) -> Sequence[OrderReport]:
        return (await self.right.open_orders())[:100]


class ReadsNothing(Around):
    """Takes silence for being flat."""

    async def positions(self) -> Sequence[Position]:
        try:
            return await self.right.positions()
        except BrokerUnavailableError:
            return ()


class CallsAwayRefused(Around):
    """Refuses an order because its venue is away, as if the venue had done so."""

    def after(self, outcome: SubmitOutcome) -> SubmitOutcome:
        if isinstance(outcome, NotSent | Unknown):
            return Rejected(reason=Reason.BROKER_UNAVAILABLE, message=outcome.why)
        return outcome


class ShowsKey(Around):
    """Puts what it sent into its error, headers and all."""

    async def positions(self) -> Sequence[Position]:
        try:
            return await self.right.positions()
        except BrokerError as error:
            self._show(error)

    async def connect(self, *, deadline: datetime) -> SessionInfo:
        try:
            return await self.right.connect(deadline=deadline)
        except AuthFailedError as error:
            self._show(error)

    def _show(self, error: BrokerError) -> NoReturn:
        told = " ".join(self.secrets)
        msg = f"GET /account KEY: {told}"
        raise type(error)(msg) from error


class ReplacesType(Around):
    """Sends a limit order in the place of one that the venue does not have."""

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        if request.order_type not in self.right.capabilities.order_types:
            request = _replace(
                request, order_type=OrderType.LIMIT, limit_price=request.reference_price
            )
        return await self.right.submit(request, send_by=send_by)
