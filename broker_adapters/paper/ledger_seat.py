"""One owner's place at the ledger: the rules run here, the database commits what they come to.

The rules work on a copy of the owner's market. The database writes their result only if the market
has not moved since the copy was taken, and hands out a new copy if it has. So prices and fees are
computed in one place, for this venue and the one in memory alike, and a submit is one round trip
and one transaction while nobody else moves the market. A wrong or lost copy can do no harm: the
market's version decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import anyio

from broker_adapters.base import Reason
from broker_adapters.paper import answers, rules
from broker_adapters.paper.ledger import (
    Committed,
    Existing,
    Late,
    Ledger,
    MarketRead,
    OnceOnly,
    Stale,
)
from broker_adapters.paper.margin import holdings
from broker_adapters.paper.market import Market
from broker_adapters.paper.reports import placed, report_of
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError
from bus.ids import uuid7

if TYPE_CHECKING:
    from uuid import UUID

    from broker_adapters.paper import questions
    from broker_adapters.paper.rows import Change
    from bus.values import AccountId, UserId

# Others may move the market this often under one question; then it is given back unasked.
_ATTEMPTS = 16
_TOO_BUSY = "the market moved too often meanwhile"


class Seat:
    """A copy of one owner's market, and whose turn it is to work on it."""

    def __init__(self, ledger: Ledger, owner: UserId) -> None:
        self._ledger = ledger
        self._owner = owner
        self._turn = anyio.Lock()
        self._copy: Market | None = None

    async def submit(
        self, question: questions.Submit
    ) -> answers.Placed | answers.Refused | answers.Twice:
        """Place an order. What goes wrong before the commit is asked for has placed nothing."""
        once = OnceOnly(
            account=question.request.account_id,
            client_order_id=question.request.client_order_id,
            send_by=question.send_by,
        )
        async with self._turn:
            for _ in range(_ATTEMPTS):
                answer = await self._try_submit(question, once)
                if answer is not None:
                    return answer
        raise NeverAskedError(_TOO_BUSY)

    async def cancel(self, question: questions.Cancel) -> answers.Ended | answers.Found:
        """Stop working an order, or tell why there is nothing to stop."""
        was_stopped = False
        async with self._turn:
            for _ in range(_ATTEMPTS):
                kept = await self._ledger.find(
                    self._owner,
                    question.account,
                    question.client_order_id,
                    question.broker_order_id,
                )
                if kept is None:
                    return answers.Found(report=None)
                if not kept.is_working:
                    return answers.Ended(report=report_of(kept), was_final=not was_stopped)
                was_stopped = await self._stop(kept.order_id)
        raise NeverAskedError(_TOO_BUSY)

    async def set_price(self, question: questions.SetPrice) -> answers.PriceSet | answers.Refused:
        """Set a symbol's price and match what works there."""
        async with self._turn:
            for _ in range(_ATTEMPTS):
                market = self._copy or await self._look()
                if market is None:
                    await self._ledger.open_market(self._owner)
                    continue
                change = rules.tick(market, question.symbol, question.price)
                if isinstance(change, answers.Refused):
                    return change
                reply = await self._commit(market, change)
                if isinstance(reply, Committed):
                    return answers.PriceSet(version=reply.version, moved=len(change.orders))
        raise NeverAskedError(_TOO_BUSY)

    async def read_holdings(self, account: AccountId) -> answers.Holdings | answers.Refused:
        """Tell positions and money, as the ledger has them now."""
        async with self._turn:
            market = await self._look()
        found = None if market is None else holdings(market, account)
        return found or rules.not_open()

    async def _try_submit(
        self, question: questions.Submit, once: OnceOnly
    ) -> answers.Placed | answers.Refused | answers.Twice | None:
        """Place the order on the copy and commit that; `None` if the market moved meanwhile."""
        market = self._copy or await self._look()
        if market is None:
            return rules.not_open()
        order_id = uuid7()
        change = rules.place(market, question.request, order_id=order_id, send_by=question.send_by)
        if isinstance(change, answers.Refused):
            return await self._confirmed(change, market.version, once)
        reply = await self._commit(market, change, once)
        match reply:
            case Committed(version=version, at=at):
                return placed(change, order_id, version=version, at=at)
            case Existing(existing=existing):
                return answers.Twice(report=report_of(existing))
            case Late():
                return answers.Refused(reason=Reason.EXPIRED, message=rules.LATE)
            case Stale():
                return None
            case _:
                assert_never(reply)

    async def _confirmed(
        self, refused: answers.Refused, version: int, once: OnceOnly
    ) -> answers.Refused | answers.Twice | None:
        """Refuse only what the market as it is now refuses, and never an order that exists."""
        read = await self._read(once)
        if read is not None and read.existing is not None:
            return answers.Twice(report=report_of(read.existing))
        is_same = self._copy is not None and self._copy.version == version
        return refused if is_same else None

    async def _stop(self, order_id: UUID) -> bool:
        market = self._copy or await self._look()
        change = None if market is None else rules.cancel(market, order_id)
        if market is None or change is None:
            self._copy = None
            return False
        return isinstance(await self._commit(market, change), Committed)

    async def _commit(
        self, market: Market, change: Change, once: OnceOnly | None = None
    ) -> Committed | Stale | Late | Existing:
        """Commit a change to the copy's version, and keep the copy in step."""
        reply = await self._ledger.commit(self._owner, market.version, change, once)
        if isinstance(reply, Committed):
            market.apply(change, version=reply.version, at=reply.at)
        elif isinstance(reply, Stale):
            self._copy = None if reply.market is None else Market(reply.market)
        return reply

    async def _look(self) -> Market | None:
        """Bring the copy up to date; `None` where the owner has no market."""
        await self._read(None)
        return self._copy

    async def _read(self, once: OnceOnly | None) -> MarketRead | None:
        known = -1 if self._copy is None else self._copy.version
        try:
            read = await self._ledger.read_market(
                self._owner,
                known,
                account=None if once is None else once.account,
                client_order_id=None if once is None else once.client_order_id,
            )
        except AnswerLostError as error:
            msg = f"nothing was asked yet: {error}"
            raise NeverAskedError(msg) from error
        if read is None:
            self._copy = None
        elif read.market is not None:
            self._copy = Market(read.market)
        return read
