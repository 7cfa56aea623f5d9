"""The broker port: what the house asks of a venue, and the four things a submit can come to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import msgspec

from broker_adapters.capabilities import Capabilities
from broker_adapters.outcomes import (
    Accepted,
    AlreadyFinal,
    Cancelled,
    CancelOutcome,
    Fill,
    FindOutcome,
    NotFound,
    NotSent,
    OrderReport,
    Reason,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from broker_adapters.readings import Balance, Instrument, Position, Standing, Working
from bus.values import AccountId, Mode, OrderType, Side, TimeInForce

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

__all__ = (
    "Accepted",
    "AlreadyFinal",
    "Balance",
    "Broker",
    "BrokerAdapter",
    "BrokerEvent",
    "BrokerReads",
    "CancelOutcome",
    "Cancelled",
    "Capabilities",
    "Fill",
    "FindOutcome",
    "Health",
    "Instrument",
    "NotFound",
    "NotSent",
    "OrderRef",
    "OrderReport",
    "OrderRequest",
    "Position",
    "Reason",
    "Rejected",
    "SessionInfo",
    "SessionLost",
    "Standing",
    "SubmitOutcome",
    "Unknown",
    "Working",
)


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One order as the venue shall receive it. `reference_price` never makes a limit order.

    Attributes:
        reduce_only: It may only bring a position nearer to zero; a venue without such orders is
            asked for one that cannot do anything else, or the order is refused.
    """

    account_id: AccountId
    client_order_id: str
    mode: Mode
    symbol: str
    side: Side
    quantity: Decimal
    order_type: OrderType
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    reference_price: Decimal | None = None


class OrderRef(msgspec.Struct, frozen=True, kw_only=True):
    """All by which an order can be recognised at the venue.

    Attributes:
        order_type: With `limit_price` what a venue without client ids recognises an order by;
            `None` where nobody remembers it.
        limit_price: As the order has it, before it was rounded to the venue's steps.
    """

    client_order_id: str
    broker_order_id: str | None
    symbol: str
    side: Side
    quantity: Decimal
    sent_at: datetime
    order_type: OrderType | None = None
    limit_price: Decimal | None = None


class SessionInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A session with a venue, as it was opened.

    Attributes:
        venue_account: Whose account the venue says it is, in the venue's own words; `None` where it
            does not tell. Two keys of one account are told the same.
    """

    broker: str
    mode: Mode
    since: datetime
    venue_account: str | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the session is; it is shown. What asks for a look at working orders is `SessionLost`.

    Attributes:
        has_gap: Events are missing just now.
        clock_skew_ms: By how much the venue's clock is ahead of ours, where it tells the time.
        certificate_ends: When the trader needs a new certificate, where that is soon.
    """

    is_connected: bool
    has_gap: bool = False
    clock_skew_ms: int = 0
    certificate_ends: datetime | None = None


class SessionLost(msgspec.Struct, frozen=True, kw_only=True, tag="session_lost"):
    """The event stream broke and is back: what works is looked up, as events may be missing."""

    why: str


BrokerEvent = OrderReport | Fill | SessionLost


class BrokerAdapter(Protocol):
    """Trades at one account of one venue. One instance belongs to one account.

    Between `connect` and `close` every method may be called concurrently. Cancelling a call leaves
    the adapter usable. Nothing blocks the loop: other accounts are served on it.

    Who does what again: the worker opens a session anew, longer and longer apart, whenever
    `connect` or `events` raises. An adapter may mend its own connection and repeat what only
    reads, within the time it has. What writes (`submit`, `cancel`) it writes once a call.
    """

    capabilities: Capabilities

    async def connect(self, *, deadline: datetime) -> SessionInfo:
        """Open the session within its time; doing it again is harmless.

        Raises:
            AuthFailedError: The venue itself refuses the credentials. The account then waits until
                its user changes it, so nothing else may be called so.
            BrokerUnavailableError: The venue cannot be reached, or not in time; the worker tries
                again. Its children say why, where that is known.
        """
        ...

    async def close(self) -> None:
        """Give the session's slot at the venue back; never raises, may be called twice."""
        ...

    async def health(self) -> Health:
        """Say how the session is, without asking the venue."""
        ...

    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        """Write the order to the venue exactly once; never raises once bytes may have left.

        No byte leaves after `send_by`: what cannot be sent by then, because an allowance is used up
        or a question before it took too long, is not waited for but is `NotSent`. A venue that can
        refuse late requests is told `send_by` too. The answer may take longer, up to `settle`.

        Returns:
            `Accepted` or `Rejected` for the venue's own word alone; `Rejected` also for what the
            adapter refuses unsent because it can never be sent. `NotSent` where no byte left (no
            connection, no allowance, a closed session) or the venue says that it did not even look
            (429, clocks apart). `Unknown` for all else: no answer, 5xx, an answer that cannot be
            read, and the refusal of an id that the venue has already.
        """
        ...

    async def cancel(self, ref: OrderRef) -> CancelOutcome:
        """Ask the venue to stop working the order; safe to repeat.

        `Unknown` unless the venue answered; `Cancelled` once it no longer works there. `Rejected`
        with `Reason.NOT_FOUND` is for an order that the venue says it does not know.
        """
        ...

    async def find(self, ref: OrderRef) -> FindOutcome:
        """Look the order up by the whole ladder: ids, open, finished, trades. Safe to repeat.

        `NotFound` only if each rung answered: it may end the order. If one did not, `Unknown`.
        """
        ...

    def events(self) -> AsyncIterator[BrokerEvent]:
        """Stream what the venue tells by itself; ends at once if it tells nothing.

        Who polls streams too. All that fills after `submit` returned comes here, also of orders
        from earlier sessions: a stream that ended is not asked again before the next `connect`.
        Telling something twice is harmless, under the same `fill_key`; reports and fills without a
        client id are nobody's.

        Raises:
            AuthFailedError: The credentials are refused from now on.
            BrokerUnavailableError: The session is broken and has to be opened anew.
        """
        ...


class BrokerReads(Protocol):
    """What can be read from the same session; all safe to repeat.

    Each raises `BrokerUnavailableError` when the venue gives no usable answer, also to a part of
    the question: an empty answer means that there is nothing, and orders are sized by that.
    """

    async def instrument(self, symbol: str) -> Instrument:
        """Return the steps and bounds of a symbol; `UnknownSymbolError` where there is none."""
        ...

    async def instruments(self, query: str, *, limit: int) -> Sequence[Instrument]:
        """Return what is traded whose symbol contains this, by `searching.ranked`.

        A venue where everything can be traded has what was asked for, if it is a symbol.
        """
        ...

    async def open_orders(self) -> Sequence[OrderReport]:
        """Return the working orders."""
        ...

    async def orders_since(self, since: datetime) -> Sequence[OrderReport]:
        """Return orders created at or after this instant, final ones too, oldest first."""
        ...

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        """Return fills at or after this instant, oldest first."""
        ...

    async def positions(self) -> Sequence[Position]:
        """Return the open positions."""
        ...

    async def balances(self) -> Sequence[Balance]:
        """Return the money of the account."""
        ...

    async def standing(self, *, with_money: bool) -> Standing | None:
        """Return what is held and what works in one moment; `None` where it moved meanwhile.

        The money is told only where it is asked for.
        """
        ...


class Broker(BrokerAdapter, BrokerReads, Protocol):
    """A whole adapter: what trades and what reads."""
