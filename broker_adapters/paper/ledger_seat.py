"""One owner's place at the ledger: the rules run here, the database commits what they come to.

The rules work on a copy of the owner's market. The database writes their result only if the market
has not moved since the copy was taken, and hands out a new copy if it has. So prices and fees are
computed in one place, for this venue and the one in memory alike, and a submit is one round trip
and one transaction while nobody else moves the market. A wrong or lost copy can do no harm: the
market's version decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, assert_never

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
from broker_adapters.paper.reports import KeptOrder, placed, report_of
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError
from bus.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_adapters.paper import questions
    from broker_adapters.paper.rows import Change
    from bus.values import AccountId, UserId

_T = TypeVar("_T")
# Others may move the market this often under one question; then they are kept out for it.
_ATTEMPTS = 3


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
        return await self._do(lambda ledger: self._submit(ledger, question, once))

    async def cancel(self, question: questions.Cancel) -> answers.Ended | answers.Found:
        """Stop working an order, or tell why there is nothing to stop."""
        was_stopped = await self._do(lambda ledger: self._stop(ledger, question))
        kept = await self._find(self._ledger, question)
        if kept is None:
            return answers.Found(report=None)
        return answers.Ended(report=report_of(kept), was_final=not was_stopped)

    async def set_price(self, question: questions.SetPrice) -> answers.PriceSet | answers.Refused:
        """Set a symbol's price and match what works there."""
        return await self._do(lambda ledger: self._set_price(ledger, question))

    async def read_holdings(self, account: AccountId) -> answers.Holdings | answers.Refused:
        """Tell positions, money and what works, as the ledger has them now."""
        async with self._turn:
            market = await self._look(self._ledger)
        found = None if market is None else holdings(market, account)
        return found or rules.not_open()

    async def _do(self, attempt: Callable[[Ledger], Awaitable[_T | None]]) -> _T:
        """Try until the market holds still, at last by holding it."""
        async with self._turn:
            for _ in range(_ATTEMPTS):
                answer = await attempt(self._ledger)
                if answer is not None:
                    return answer
            async with self._ledger.alone(self._owner) as ledger:
                answer = await self._attempt_alone(ledger, attempt)
        if answer is None:
            raise NeverAskedError("the market does not hold still")
        return answer

    async def _attempt_alone(
        self, ledger: Ledger, attempt: Callable[[Ledger], Awaitable[_T | None]]
    ) -> _T | None:
        """Try on a fresh copy, which cannot become stale; it is void if this is not committed."""
        self._copy = None
        try:
            await self._look(ledger)
            return await attempt(ledger)
        finally:
            self._copy = None

    async def _submit(
        self, ledger: Ledger, question: questions.Submit, once: OnceOnly
    ) -> answers.Placed | answers.Refused | answers.Twice | None:
        """Place the order on the copy and commit that; `None` if the market moved meanwhile."""
        market = self._copy or await self._look(ledger)
        if market is None:
            return rules.not_open()
        order_id = uuid7()
        change = rules.place(market, question.request, order_id=order_id, send_by=question.send_by)
        if isinstance(change, answers.Refused):
            return await self._confirmed(ledger, change, once)
        reply = await self._commit(ledger, market, change, once)
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
        self, ledger: Ledger, refused: answers.Refused, once: OnceOnly
    ) -> answers.Refused | answers.Twice | None:
        """Refuse only what the market as it is now refuses, and never an order that exists."""
        version = None if self._copy is None else self._copy.version
        read = await self._read(ledger, once)
        if read is not None and read.existing is not None:
            return answers.Twice(report=report_of(read.existing))
        is_same = self._copy is not None and self._copy.version == version
        return refused if is_same else None

    async def _stop(self, ledger: Ledger, question: questions.Cancel) -> bool | None:
        """Cancel if the order works; false where there is nothing to cancel."""
        kept = await self._find(ledger, question)
        if kept is None or not kept.is_working:
            return False
        market = self._copy or await self._look(ledger)
        change = None if market is None else rules.cancel(market, kept.order_id)
        if market is None or change is None:
            # The order is younger, or older, than the copy.
            self._copy = None
            return None
        reply = await self._commit(ledger, market, change)
        return True if isinstance(reply, Committed) else None

    async def _set_price(
        self, ledger: Ledger, question: questions.SetPrice
    ) -> answers.PriceSet | answers.Refused | None:
        market = self._copy or await self._look(ledger)
        if market is None:
            await ledger.open_market(self._owner)
            return None
        change = rules.tick(market, question.symbol, question.price)
        if isinstance(change, answers.Refused):
            return change
        reply = await self._commit(ledger, market, change)
        if not isinstance(reply, Committed):
            return None
        return answers.PriceSet(version=reply.version, moved=len(change.orders))

    async def _commit(
        self, ledger: Ledger, market: Market, change: Change, once: OnceOnly | None = None
    ) -> Committed | Stale | Late | Existing:
        """Commit a change to the copy's version, and keep the copy in step."""
        reply = await ledger.commit(self._owner, market.version, change, once)
        if isinstance(reply, Committed):
            market.apply(change, version=reply.version, at=reply.at)
        elif isinstance(reply, Stale):
            self._copy = None if reply.market is None else Market(reply.market)
        return reply

    async def _find(self, ledger: Ledger, question: questions.Cancel) -> KeptOrder | None:
        account, client_order_id = question.account, question.client_order_id
        return await ledger.find(self._owner, account, client_order_id, question.broker_order_id)

    async def _look(self, ledger: Ledger) -> Market | None:
        """Bring the copy up to date; `None` where the owner has no market."""
        await self._read(ledger, None)
        return self._copy

    async def _read(self, ledger: Ledger, once: OnceOnly | None) -> MarketRead | None:
        known = -1 if self._copy is None else self._copy.version
        try:
            read = await ledger.read_market(
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
