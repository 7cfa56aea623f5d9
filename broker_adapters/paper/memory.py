"""The paper venue in memory: the same rules and answers, for simulation, gone with the process."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, assert_never

import anyio.lowlevel
from typing_extensions import override

from broker_adapters.base import Reason
from broker_adapters.paper import answers, questions, rules
from broker_adapters.paper.margin import holdings
from broker_adapters.paper.reports import fills_of, placed, report_of
from broker_adapters.paper.shelf import Shelf
from broker_adapters.paper.venue import Venue
from bus.ids import uuid7

if TYPE_CHECKING:
    from datetime import datetime

    from bus.values import Clock, UserId


class MemoryVenue(Venue):
    """All owners' markets, each on its shelf."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shelves: dict[UserId, Shelf] = defaultdict(Shelf)

    @override
    async def ask(self, question: questions.AnyQuestion) -> answers.AnyAnswer:
        # Before and not after: a cancelled caller has then asked nothing.
        await anyio.lowlevel.checkpoint()
        now = self._clock.now()
        shelf = self._shelves[question.owner]
        shelf.expire_due(now)
        match question:
            case questions.OpenAccount(account=account, options=options):
                shelf.open_account(account, options)
                return answers.Opened(version=shelf.market.version, at=now)
            case questions.Submit():
                return _submit(shelf, question, now)
            case questions.Cancel():
                return _cancel(shelf, question, now)
            case questions.SetPrice():
                return _set_price(shelf, question, now)
            case _:
                return _read(shelf, question)


def _submit(
    shelf: Shelf, question: questions.Submit, now: datetime
) -> answers.Placed | answers.Refused | answers.Twice:
    request = question.request
    existing = shelf.find(request.account_id, request.client_order_id)
    if existing is not None:
        return answers.Twice(report=report_of(existing))
    if now > question.send_by:
        return answers.Refused(reason=Reason.EXPIRED, message=rules.LATE)
    order_id = uuid7()
    change = rules.place(shelf.market, request, order_id=order_id, send_by=question.send_by)
    if isinstance(change, answers.Refused):
        return change
    version = shelf.commit(change, now)
    return placed(change, order_id, version=version, at=now)


def _cancel(
    shelf: Shelf, question: questions.Cancel, now: datetime
) -> answers.Ended | answers.Found:
    order = shelf.find(question.account, question.client_order_id, question.broker_order_id)
    if order is None:
        return answers.Found(report=None)
    change = rules.cancel(shelf.market, order.order_id)
    if change is not None:
        shelf.commit(change, now)
        order = shelf.find(order.account_id, order.client_order_id) or order
    return answers.Ended(report=report_of(order), was_final=change is None)


def _set_price(
    shelf: Shelf, question: questions.SetPrice, now: datetime
) -> answers.PriceSet | answers.Refused:
    change = rules.tick(shelf.market, question.symbol, question.price)
    if isinstance(change, answers.Refused):
        return change
    return answers.PriceSet(version=shelf.commit(change, now), moved=len(change.orders))


def _read(shelf: Shelf, question: questions.AnyRead) -> answers.AnyAnswer:
    match question:
        case questions.Find():
            order = shelf.find(question.account, question.client_order_id, question.broker_order_id)
            return answers.Found(report=None if order is None else report_of(order))
        case questions.ReadChanges(account=account, after=after):
            return shelf.changes(account, after)
        case questions.ReadOrders(account=account, since=since):
            told = shelf.orders(account, since=since)
            if since is None:
                told = [order for order in told if order.is_working]
            return answers.Orders(reports=tuple(map(report_of, told)))
        case questions.ReadFills(account=account, since=since):
            fills = (fill for order in shelf.orders(account) for fill in fills_of(order))
            told = sorted((fill for fill in fills if fill.at >= since), key=lambda fill: fill.at)
            return answers.Fills(fills=tuple(told))
        case questions.ReadHoldings(account=account):
            return holdings(shelf.market, account) or rules.not_open()
        case _:
            assert_never(question)
