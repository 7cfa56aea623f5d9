"""Places orders and takes them back: each leg is written once, whatever comes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from broker_adapters.base import (
    Accepted,
    AlreadyFinal,
    Cancelled,
    CancelOutcome,
    NotSent,
    OrderRequest,
    Reason,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from broker_adapters.errors import BrokerError
from broker_adapters.shioaji.budget import Share
from broker_adapters.shioaji.errors import NeverSentError, RefusedError
from broker_adapters.shioaji.folding import Whose
from broker_adapters.shioaji.labels import reason_of
from broker_adapters.shioaji.mapping import Lot, Status
from broker_adapters.shioaji.outcomes import outcome_of
from bus.values import WORKING, OrderState, Side

if TYPE_CHECKING:
    from datetime import datetime

    from broker_adapters.shioaji.book import Entry
    from broker_adapters.shioaji.legs import Leg
    from broker_adapters.shioaji.listing import Listing
    from broker_adapters.shioaji.orders import Mine, Orders
    from broker_adapters.shioaji.port import Client

_ACTIONS = {Side.BUY: "Buy", Side.SELL: "Sell"}


class Trading:
    """One session's orders."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._session = orders.session

    async def submit(
        self, request: OrderRequest, legs: tuple[Leg, ...], listing: Listing, send_by: datetime
    ) -> SubmitOutcome:
        """Send an order, leg after leg; never raises once one may have left."""
        early = self._too_early(legs)
        if early is not None:
            return early
        whose = Whose(
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            quantity=request.quantity.to_integral_value(rounding="ROUND_DOWN"),
        )
        mine = self._orders.expect(whose, legs, sent_at=self._orders.clock.now())
        if mine.ids:
            return Unknown(why="this order was sent before")
        mine.sent_at, mine.lost = self._orders.clock.now(), 0
        failure: Rejected | NotSent | None = None
        for leg in legs:
            outcome = await self._send(mine, leg, listing, send_by)
            if outcome is not None and (leg is legs[0] or isinstance(outcome, Unknown)):
                return outcome
            failure = outcome or failure
        mine.lost = len(legs) - len(mine.ids)
        return self._accepted(mine, failure)

    def _accepted(self, mine: Mine, failure: Rejected | NotSent | None) -> Accepted | Unknown:
        """Tell of what was taken, and why a part of it was not."""
        report = self._orders.report(mine)
        if report is None:
            return Unknown(why="SinoPac took the order, and does not show it")
        if failure is not None:
            report = msgspec.structs.replace(report, reason=failure.reason.value)
        return Accepted(broker_order_id=report.broker_order_id, report=report)

    async def cancel(self, mine: Mine) -> CancelOutcome:
        """Take an order back, each of its parts that is not over."""
        working = [each for each in self._orders.entries_of(mine) if not each.is_over]
        for entry in working:
            why = await self._take_back(entry)
            if why is not None:
                return Unknown(why=why)
        await self._until(lambda: all(each.is_over for each in self._orders.entries_of(mine)))
        if not all(each.is_over for each in self._orders.entries_of(mine)):
            await self._look_once(mine.legs[0].lot)
        report = self._orders.report(mine)
        if report is None or report.state in WORKING:
            return Unknown(why="SinoPac was asked to cancel, and shows the order working still")
        if working and report.state is OrderState.CANCELLED:
            return Cancelled(report=report)
        return AlreadyFinal(report=report)

    def _too_early(self, legs: tuple[Leg, ...]) -> NotSent | None:
        now = self._orders.clock.monotonic()
        wait = self._orders.budget.wait(now, Share.ORDER, n=len(legs))
        if wait is None:
            return None
        why = "nothing was sent: SinoPac's allowance of orders is used up"
        return NotSent(why=why, retry_after=wait, reason=Reason.RATE_LIMITED)

    async def _send(
        self, mine: Mine, leg: Leg, listing: Listing, send_by: datetime
    ) -> Rejected | NotSent | Unknown | None:
        """Send one leg once; `None` if it was taken."""
        clock, patience = self._orders.clock, self._orders.pace.answer
        if clock.now() >= send_by:
            return NotSent(why="nothing was sent: it was too late")
        try:
            order = self._written(leg, mine.tag)
            if isinstance(order, Rejected):
                return order
            self._orders.budget.take(clock.monotonic())
            work = partial(_place, listing.contract, order, int(patience * 1000))
            trade = await self._session.call(work, patience=patience)
            entry = self._orders.see_trade(trade)
            self._orders.bind(mine, entry.id)
        except BrokerError as error:
            return outcome_of(error)
        except Exception as error:  # noqa: BLE001 - never raises once bytes may have left
            return Unknown(why=f"SinoPac's answer is not understood: {error!r}")
        return await self._acknowledged(entry, leg)

    async def _acknowledged(self, entry: Entry, leg: Leg) -> Rejected | Unknown | None:
        """Wait until an order is more than pending: that alone says that somebody has it."""
        is_immediate = leg.time_in_force != "ROD"
        is_known = partial(_is_known, entry, is_immediate=is_immediate)
        await self._until(is_known)
        if not is_known():
            await self._look_once(leg.lot)
        if entry.status is Status.FAILED and not entry.is_acknowledged:
            code, message = entry.refusal
            text = f"SinoPac refused the order: {message or code}"
            return Rejected(reason=reason_of(code, message), message=text, raw=f"{code} {message}")
        if not entry.is_acknowledged:
            return Unknown(why="SinoPac has not acknowledged the order: PendingSubmit")
        return None

    async def _until(self, is_known: Any) -> None:  # noqa: ANN401 - a question without arguments
        """Take in what is told until it is known, or nobody tells."""
        clock = self._orders.clock
        until = clock.monotonic() + self._orders.pace.acknowledged
        while True:
            self._orders.take_events()
            left = until - clock.monotonic()
            if is_known() or left <= 0:
                return
            await self._session.heard(within=left)

    async def _look_once(self, lot: Lot) -> None:
        try:
            await self._orders.look(is_stock=lot is not Lot.CONTRACT, share=Share.CANCEL)
        except BrokerError:
            return

    async def _take_back(self, entry: Entry) -> str | None:
        """Send one cancel; returns why it may not have arrived. A refused one has nothing to do."""
        patience, now = self._orders.pace.answer, self._orders.clock.monotonic()
        if self._orders.budget.wait(now, Share.CANCEL) is not None:
            return "the allowance of orders is used up"
        self._orders.budget.take(now)
        work = partial(_cancel, entry.id, self._account_of(entry), int(patience * 1000))
        try:
            await self._session.call(work, patience=patience)
        except RefusedError:
            await self._look_once(entry.sight.lot)
        except BrokerError as error:
            return str(error)
        return None

    def _account_of(self, entry: Entry) -> Any:  # noqa: ANN401 - the SDK's own
        signed_in = self._session.signed_in
        if signed_in is None:
            raise NeverSentError("the session is closed")
        return signed_in.futures if entry.sight.lot is Lot.CONTRACT else signed_in.stock

    def _written(self, leg: Leg, tag: str) -> Any:  # noqa: ANN401 - the SDK's own, or a refusal
        """Return the SDK's order."""
        signed_in = self._session.signed_in
        if signed_in is None:
            raise NeverSentError("the session is closed")
        account = signed_in.futures if leg.lot is Lot.CONTRACT else signed_in.stock
        if account is None:
            message = "This person has no such account at SinoPac."
            return Rejected(reason=Reason.PERMISSION, message=message)
        fields: dict[str, Any] = {
            "action": _ACTIONS[leg.side],
            "price": float(leg.price),
            "quantity": leg.quantity,
            "price_type": leg.price_type,
            "time_in_force": leg.time_in_force,
            "custom_field": tag,
            "account": account,
        }
        if leg.lot is Lot.CONTRACT:
            return self._session.sdk.FuturesOrder(**fields, octype=leg.effect)
        return self._session.sdk.StockOrder(**fields, order_lot=leg.lot.value, order_cond="Cash")


def _is_known(entry: Entry, *, is_immediate: bool) -> bool:
    """Tell whether enough was heard: of an order that ends at once, its end."""
    is_failed = entry.status is Status.FAILED
    return entry.is_over or is_failed or (entry.is_acknowledged and not is_immediate)


def _place(contract: Any, order: Any, timeout_ms: int, client: Client) -> Any:  # noqa: ANN401 - the SDK's own
    return client.place_order(contract, order, timeout=timeout_ms)


def _cancel(order_id: str, account: Any, timeout_ms: int, client: Client) -> Any:  # noqa: ANN401 - the SDK's own
    """Cancel by the SDK's own object, which it may have to read first."""
    trade = _cached(client, order_id)
    if trade is None:
        client.update_status(account, timeout=timeout_ms)
        trade = _cached(client, order_id)
    return None if trade is None else client.cancel_order(trade, timeout=timeout_ms)


def _cached(client: Client, order_id: str) -> Any:  # noqa: ANN401 - the SDK's own
    return next((each for each in client.list_trades() if each.order.id == order_id), None)
