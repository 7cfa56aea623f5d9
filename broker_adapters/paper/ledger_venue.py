"""The paper venue in PostgreSQL: every question at its owner's seat, or read straight."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, assert_never

from typing_extensions import override

from broker_adapters.paper import answers, questions
from broker_adapters.paper.ledger_seat import Seat
from broker_adapters.paper.reports import changes, fills_of, report_of
from broker_adapters.paper.venue import Venue

if TYPE_CHECKING:
    from broker_adapters.paper.ledger import Ledger
    from bus.values import UserId

_SEATS = 256


class LedgerVenue(Venue):
    """All owners' markets; a few hundred copies of them are kept at hand."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seats: OrderedDict[UserId, Seat] = OrderedDict()

    @override
    async def ask(self, question: questions.AnyQuestion) -> answers.AnyAnswer:
        match question:
            case questions.OpenAccount(owner=owner, account=account, options=options):
                version, at = await self._ledger.open_account(owner, account, options)
                return answers.Opened(version=version, at=at)
            case questions.Submit():
                return await self._seat(question.owner).submit(question)
            case questions.Cancel():
                return await self._seat(question.owner).cancel(question)
            case questions.SetPrice():
                return await self._seat(question.owner).set_price(question)
            case questions.ReadHoldings(owner=owner, account=account):
                return await self._seat(owner).read_holdings(account)
            case _:
                return await _read(self._ledger, question)

    def _seat(self, owner: UserId) -> Seat:
        """Return the owner's seat. Two for one owner would only get in one another's way."""
        seat = self._seats.setdefault(owner, Seat(self._ledger, owner))
        self._seats.move_to_end(owner)
        if len(self._seats) > _SEATS:
            self._seats.popitem(last=False)
        return seat


async def _read(ledger: Ledger, question: questions.AnyRead) -> answers.AnyAnswer:
    match question:
        case questions.Find():
            kept = await ledger.find(
                question.owner, question.account, question.client_order_id, question.broker_order_id
            )
            return answers.Found(report=None if kept is None else report_of(kept))
        case questions.ReadChanges(owner=owner, account=account, after=after):
            read = await ledger.changes(owner, account, after)
            version = after if read.version is None else read.version
            return changes(read.orders, version=version, has_working=read.has_working)
        case questions.ReadOrders(owner=owner, account=account, since=since):
            orders = await ledger.orders(owner, account, since)
            return answers.Orders(reports=tuple(report_of(order) for order in orders))
        case questions.ReadFills(owner=owner, account=account, since=since):
            orders = await ledger.fills(owner, account, since)
            fills = [fill for order in orders for fill in fills_of(order)]
            return answers.Fills(fills=tuple(sorted(fills, key=lambda fill: fill.at)))
        case questions.ReadHoldings():
            raise AssertionError  # asked at a seat
        case _:
            assert_never(question)
