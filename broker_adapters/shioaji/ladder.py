"""Looks an order up: by SinoPac's ids, by its tag, by what it is and when it came."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from broker_adapters.base import FindOutcome, NotFound, OrderRef, OrderReport, Reason, Unknown
from broker_adapters.shioaji.budget import Share
from broker_adapters.shioaji.folding import Whose, ids_of, is_pending
from broker_adapters.shioaji.legs import legs_of_ref
from broker_adapters.shioaji.mapping import trading_day
from bus.values import OrderState

if TYPE_CHECKING:
    from broker_adapters.shioaji.listing import Listing
    from broker_adapters.shioaji.orders import Mine, Orders

# Longer than an order may be on its way: a leg that is not there then never will be.
LOST_AFTER = timedelta(seconds=45)


class Ladder:
    """One session's look-ups."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def find(self, ref: OrderRef, listing: Listing) -> FindOutcome:
        """Look at the list as it is now; "not found" only if it was read.

        Raises:
            BrokerUnavailableError: It was not.
        """
        mine = await self.recognised(ref, listing)
        if isinstance(mine, Unknown):
            return mine
        if not mine.ids:
            return self._of_another_day(ref) or NotFound()
        if is_pending(self._orders.entries_of(mine)):
            return Unknown(why="SinoPac has the order, and has not acknowledged it")
        if mine.missing and self._orders.clock.now() - ref.sent_at > LOST_AFTER:
            mine.lost += mine.missing
        report = self._orders.report(mine)
        if report is None:
            return Unknown(why="one of the order's two parts is not shown yet")
        return report

    async def recognised(
        self, ref: OrderRef, listing: Listing, *, share: Share = Share.LOOK
    ) -> Mine | Unknown:
        """Return the order with all of its parts that can be recognised.

        Raises:
            BrokerUnavailableError: The list was not read.
        """
        await self._orders.look(is_stock=listing.is_stock, share=share)
        mine = self._remembered(ref, listing)
        for name in ids_of(ref.broker_order_id):
            is_seen = self._orders.book.get(name) is not None
            if is_seen and self._orders.owner_of(name) in {None, mine}:
                self._orders.bind(mine, name)
                mine.guessed.discard(name)
        if self._orders.claim(mine):
            return Unknown(why="more than one order at SinoPac may be this one")
        return mine

    def known(self, ref: OrderRef) -> Mine | None:
        """Return an order whose every part this session knows, without asking SinoPac."""
        self._orders.take_events()
        owners = set(self._owners(ref))
        mine = next(iter(owners)) if len(owners) == 1 else None
        return mine if mine is not None and not mine.missing else None

    def _remembered(self, ref: OrderRef, listing: Listing) -> Mine:
        """Return what this session knows of the order: by its id at the venue, or by ours."""
        owner = next((each for each in self._owners(ref) if each is not None), None)
        whose = Whose(
            client_order_id=ref.client_order_id,
            symbol=ref.symbol,
            side=ref.side,
            quantity=ref.quantity,
        )
        legs = legs_of_ref(ref, listing)
        return owner or self._orders.expect(whose, legs, sent_at=ref.sent_at)

    def _owners(self, ref: OrderRef) -> list[Mine | None]:
        names = ids_of(ref.broker_order_id)
        return [self._orders.named(ref.client_order_id, name) for name in names]

    def _of_another_day(self, ref: OrderRef) -> OrderReport | None:
        """Tell of an order that SinoPac took on a day that is over, and no longer lists.

        Whether it filled before its day's end shows in the position alone, since nobody listened
        then: a person must look. No clock says when a day is over: what is sent on a holiday or a
        weekend is kept for the next.
        """
        now = self._orders.clock.now()
        if ref.broker_order_id is None or trading_day(ref.sent_at) == trading_day(now):
            return None
        return OrderReport(
            broker_order_id=ref.broker_order_id,
            client_order_id=ref.client_order_id,
            symbol=ref.symbol,
            side=ref.side,
            quantity=ref.quantity,
            state=OrderState.NEEDS_REVIEW,
            filled_quantity=Decimal(0),
            average_price=None,
            at=now,
            reason=Reason.DAY_OVER_UNSEEN.value,
        )
