"""What is known of the day's orders, put together from answers, lists and events. Pure.

A deal may come before its order, an event twice, an old list after a new event: nothing that was
seen is ever taken back, and nothing counts twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from broker_adapters.shioaji.mapping import Deal, Sight, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORDERS_KEPT = 20_000


@dataclass(eq=False)
class Entry:
    """One order.

    Attributes:
        sight: As it was first seen: what never changes of it.
        reported: How much a list said was filled, whether or not the deals were seen.
        is_listed: It was seen where its tag would be, if it had one.
        is_acknowledged: SinoPac or the exchange took it at some time.
    """

    sight: Sight
    status: Status = Status.PENDING
    tag: str = ""
    cancelled: int = 0
    reported: int = 0
    refusal: tuple[str, str] = ("", "")
    is_listed: bool = False
    is_acknowledged: bool = False
    deals: dict[str, Deal] = field(default_factory=dict[str, Deal])

    @property
    def id(self) -> str:
        """SinoPac's id."""
        return self.sight.id

    @property
    def filled(self) -> int:
        """How much of it is filled, in its units, counting only deals that were seen."""
        return sum(deal.quantity for deal in self.deals.values())

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of it, and all that came was seen."""
        if self.status in {Status.PENDING, Status.WORKING}:
            return self.filled >= self.sight.quantity
        return self.filled >= max(self.reported, self._traded_before_it_ended())

    def see(self, sight: Sight) -> None:
        """Take in how it was seen; a later state is never taken back."""
        self.tag = self.tag or sight.tag or ""
        self.is_listed |= sight.tag is not None
        self.cancelled = max(self.cancelled, sight.cancelled)
        self.reported = max(self.reported, sight.filled)
        if sight.status.value >= self.status.value:
            self.status, self.refusal = sight.status, sight.refusal
        self.is_acknowledged |= sight.status not in {Status.PENDING, Status.FAILED}
        for deal in sight.deals:
            self.take(deal)

    def take(self, deal: Deal) -> None:
        """Take a deal in, once."""
        self.deals.setdefault(deal.sequence, deal)
        self.is_acknowledged = True

    def _traded_before_it_ended(self) -> int:
        if self.status is Status.CANCELLED and self.cancelled:
            return self.sight.quantity - self.cancelled
        return self.sight.quantity if self.status is Status.FILLED else 0


class Book:
    """The entries, by SinoPac's id, and the deals of orders that were not seen yet."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._early: dict[str, list[Deal]] = {}

    def see(self, sight: Sight) -> Entry:
        """Take an order in as it was seen, with the deals that came before it."""
        entry = self._entries.get(sight.id)
        if entry is None:
            entry = self._entries[sight.id] = Entry(sight)
            if len(self._entries) > _ORDERS_KEPT:
                self._entries.pop(next(iter(self._entries)))
        entry.see(sight)
        for deal in self._early.pop(sight.id, ()):
            entry.take(deal)
        return entry

    def take(self, order_id: str, deal: Deal) -> None:
        """Take a deal in, whether or not its order was seen yet."""
        entry = self._entries.get(order_id)
        if entry is None:
            self._early.setdefault(order_id, []).append(deal)
        else:
            entry.take(deal)

    def get(self, order_id: str) -> Entry | None:
        """Return an order that was seen."""
        return self._entries.get(order_id)

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over the orders, in the order in which they were first seen."""
        return iter(tuple(self._entries.values()))
