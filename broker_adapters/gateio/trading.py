"""Places and takes back orders at one market: one request each, whatever comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.base import (
    Accepted,
    AlreadyFinal,
    Cancelled,
    CancelOutcome,
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
from broker_adapters.errors import (
    AuthFailedError,
    BrokerError,
    BrokerUnavailableError,
    UnknownSymbolError,
)
from broker_adapters.gateio.errors import NeverSentError, ReplyLostError
from broker_adapters.gateio.labels import refusal_of
from broker_adapters.gateio.mapping import VenueOrder, report_of, text_of
from broker_adapters.gateio.outcomes import refused_outcome
from bus.values import WORKING, OrderState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from typing import Any

    from broker_adapters.gateio.dialect import Listing, Placing
    from broker_adapters.gateio.gateway import Gateway
    from broker_adapters.gateio.ladder import Ladder
    from broker_adapters.gateio.listings import Listings
    from broker_adapters.gateio.port import Reply

_STEPS = frozenset({Reason.PRECISION_OR_SIZE, Reason.INVALID_INSTRUMENT})


class Trading:
    """One market's orders."""

    def __init__(
        self,
        ladder: Ladder,
        gateway: Gateway,
        listings: Listings,
        *,
        prepare: Callable[[OrderRequest, Listing], Awaitable[Placing | Rejected]],
    ) -> None:
        self._market = ladder.market
        self._ladder = ladder
        self._gateway = gateway
        self._listings = listings
        self._prepare = prepare

    async def submit(self, request: OrderRequest, pair: str, send_by: datetime) -> SubmitOutcome:
        """Send an order once; never raises."""
        try:
            listing = await self._listings.of(pair)
            body = await self._body(request, listing)
        except UnknownSymbolError as error:
            return Rejected(reason=Reason.INVALID_INSTRUMENT, message=str(error))
        except AuthFailedError as error:
            return Rejected(reason=Reason.AUTH, message=f"Gate refuses the API key: {error}")
        except BrokerError as error:
            return NotSent(why=f"nothing was sent: {error}")
        if isinstance(body, Rejected):
            return body
        return self._too_early_or_late(send_by) or await self._send(body, listing, send_by)

    async def cancel(self, ref: OrderRef, pair: str) -> CancelOutcome:
        """Ask once to take an order back."""
        identity = ref.broker_order_id or text_of(ref.client_order_id)
        path = f"{self._market.orders_path}/{identity}"
        try:
            reply = await self._gateway.write("DELETE", path, self._market.about(pair))
        except (NeverSentError, ReplyLostError) as error:
            return Unknown(why=str(error))
        if reply.status == 200:
            return await self._cancelled(reply)
        refusal = refusal_of(reply)
        if refusal is None or refusal.reason is not Reason.NOT_FOUND:
            return Unknown(why=f"Gate answered {reply.status} to the cancel")
        return await self._already(ref, pair)

    async def _body(self, request: OrderRequest, listing: Listing) -> dict[str, Any] | Rejected:
        placing = await self._prepare(request, listing)
        return placing if isinstance(placing, Rejected) else self._market.body(placing)

    def _too_early_or_late(self, send_by: datetime) -> NotSent | None:
        if self._gateway.clock.ours() >= send_by:
            return NotSent(why="nothing was sent: it was too late")
        wait = self._gateway.wait_for("POST", self._market.orders_path)
        if wait is None:
            return None
        return NotSent(why="nothing was sent: the allowance is used up", retry_after=wait)

    async def _send(
        self, body: dict[str, Any], listing: Listing, send_by: datetime
    ) -> SubmitOutcome:
        path = self._market.orders_path
        try:
            reply = await self._gateway.write("POST", path, body=body, send_by=send_by)
            return await self._outcome(reply, listing)
        except NeverSentError as error:
            return NotSent(why=f"nothing was sent: {error}")
        except ReplyLostError as error:
            return Unknown(why=str(error))
        except Exception as error:  # noqa: BLE001 - never raises once bytes may have left
            return Unknown(why=f"Gate's answer is not understood: {error!r}")

    async def _outcome(self, reply: Reply, listing: Listing) -> SubmitOutcome:
        outcome = refused_outcome(reply, now=self._gateway.clock.now())
        if outcome is None:
            order = self._market.order(reply.body, {listing.pair: listing.unit})
            report = report_of(order, listing.instrument.symbol)
            return Accepted(broker_order_id=order.id, report=report)
        refusal = refusal_of(reply)
        if refusal is not None and refusal.reason is Reason.CLOCK_SKEW:
            await self._resync()
        if isinstance(outcome, Rejected) and outcome.reason in _STEPS:
            self._listings.forget(listing.pair)
        return outcome

    async def _resync(self) -> None:
        """Measure the clocks again, so that the next try has a chance."""
        try:
            await self._gateway.measure_clock()
        except BrokerUnavailableError:
            return

    async def _cancelled(self, reply: Reply) -> CancelOutcome:
        try:
            order = self._market.order(reply.body, await self._ladder.units_in(reply.body))
            report = await self._with_fills(order)
        except BrokerError as error:
            return Unknown(why=str(error))
        if report.state is OrderState.CANCELLED:
            return Cancelled(report=report)
        if report.state in WORKING:
            return Unknown(why="Gate took the cancel, and shows the order working still")
        return AlreadyFinal(report=report)

    async def _with_fills(self, order: VenueOrder) -> OrderReport:
        """Return a report, with its fills unless these cannot be read now; they will be told."""
        try:
            return await self._ladder.report(order)
        except BrokerUnavailableError:
            return report_of(order, self._market.symbol_of(order.pair))

    async def _already(self, ref: OrderRef, pair: str) -> CancelOutcome:
        """Find out why there was nothing to cancel."""
        try:
            found = await self._ladder.find(ref, pair)
        except BrokerError as error:
            return Unknown(why=str(error))
        if isinstance(found, NotFound):
            message = "Gate has no such order."
            return Rejected(reason=Reason.NOT_FOUND, message=message)
        if found.state in WORKING:
            return Unknown(why="Gate refused the cancel, and shows the order working still")
        return AlreadyFinal(report=found)
