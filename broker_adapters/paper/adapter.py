"""The paper venue as a broker: what its answers, and its silence, mean for an order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import anyio
import msgspec
from typing_extensions import override

from broker_adapters import base
from broker_adapters.errors import (
    BrokerUnavailableError,
    InvalidOptionsError,
    UnknownSymbolError,
)
from broker_adapters.paper import answers, questions, rules
from broker_adapters.paper.money import STEP
from broker_adapters.paper.options import PaperOptions
from broker_adapters.paper.stream import ChangeStream, StreamPace
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError
from bus.values import Mode, TimeInForce

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from broker_adapters.opening import BrokerAccount, BrokerMeans
    from broker_adapters.paper.venue import Venue
    from bus.values import Clock

_T = TypeVar("_T", bound=msgspec.Struct)


class PaperBroker(base.Broker):
    """One account at the paper venue."""

    # A submit past `send_by` is refused under the market's lock, and a look-up waits for that lock:
    # "not found" afterwards is proof. The settle time is only distance, for clocks and queues.
    capabilities = base.Capabilities(
        client_id_max=rules.CLIENT_ID_MAX,
        client_id_is_unique=True,
        lookup_window=None,
        settle=timedelta(seconds=1),
        can_prove_absence=True,
        flips_atomically=True,
        shorts=True,
        order_types=rules.ORDER_TYPES,
        times_in_force=frozenset(TimeInForce),
    )

    def __init__(
        self,
        venue: Venue,
        account: BrokerAccount,
        means: BrokerMeans,
        *,
        pace: StreamPace | None = None,
    ) -> None:
        self._venue = venue
        self._account = account
        self._clock: Clock = means.clock
        self._options = options_of(account)
        self._is_connected = False
        self._stream = ChangeStream(venue, account, wake=means.wake, pace=pace or StreamPace())

    @override
    async def connect(self, *, deadline: datetime) -> base.SessionInfo:
        question = questions.OpenAccount(
            owner=self._account.owner, account=self._account.id, options=self._options
        )
        left = (deadline - self._clock.now()).total_seconds()
        with anyio.move_on_after(left):
            opened = await self._told(question, answers.Opened)
            self._stream.start(opened)
            self._is_connected = True
            return base.SessionInfo(broker="paper", mode=Mode.PAPER, since=opened.at)
        raise BrokerUnavailableError("the paper venue did not answer in time")

    @override
    async def close(self) -> None:
        self._is_connected = False
        self._stream.close()

    @override
    async def health(self) -> base.Health:
        return base.Health(is_connected=self._is_connected and not self._stream.is_failing)

    @override
    async def submit(self, request: base.OrderRequest, *, send_by: datetime) -> base.SubmitOutcome:
        refusal = self._foreign(request)
        if refusal is not None:
            return refusal
        question = questions.Submit(owner=self._account.owner, request=request, send_by=send_by)
        try:
            answer = await self._venue.ask(question)
        except NeverAskedError as error:
            return base.NotSent(why=str(error))
        except AnswerLostError as error:
            return base.Unknown(why=str(error))
        except Exception as error:  # noqa: BLE001 - never raises once bytes may have left
            return base.Unknown(why=f"the venue failed: {error!r}")
        return self._outcome(answer)

    @override
    async def cancel(self, ref: base.OrderRef) -> base.CancelOutcome:
        question = questions.Cancel(
            owner=self._account.owner,
            account=self._account.id,
            client_order_id=ref.client_order_id,
            broker_order_id=_venue_id(ref),
        )
        try:
            answer = await self._venue.ask(question)
        except (NeverAskedError, AnswerLostError) as error:
            return base.Unknown(why=str(error))
        match answer:
            case answers.Ended(report=report, was_final=False):
                return base.Cancelled(report=report)
            case answers.Ended(report=report):
                return base.AlreadyFinal(report=report)
            case answers.Found(report=None):
                message = "The paper venue has no such order."
                return base.Rejected(reason=base.Reason.NOT_FOUND, message=message)
            case _:
                return base.Unknown(why=_unusable(answer))

    @override
    async def find(self, ref: base.OrderRef) -> base.FindOutcome:
        question = questions.Find(
            owner=self._account.owner,
            account=self._account.id,
            client_order_id=ref.client_order_id,
            broker_order_id=_venue_id(ref),
        )
        try:
            found = await self._told(question, answers.Found)
        except BrokerUnavailableError as error:
            return base.Unknown(why=str(error))
        return base.NotFound() if found.report is None else found.report

    @override
    def events(self) -> AsyncIterator[base.BrokerEvent]:
        return self._stream.reports()

    @override
    async def instrument(self, symbol: str) -> base.Instrument:
        if rules.SYMBOL.fullmatch(symbol) is None:
            msg = f"{symbol!r} is no symbol"
            raise UnknownSymbolError(msg)
        return base.Instrument(
            symbol=symbol,
            quantity_step=STEP,
            price_tick=STEP,
            min_quantity=STEP,
            max_quantity=rules.MAX_AMOUNT,
        )

    @override
    async def instruments(self, query: str, *, limit: int) -> Sequence[base.Instrument]:
        try:
            return (await self.instrument(query.upper()),)[:limit]
        except UnknownSymbolError:
            return ()

    @override
    async def open_orders(self) -> Sequence[base.OrderReport]:
        return await self._orders(None)

    @override
    async def orders_since(self, since: datetime) -> Sequence[base.OrderReport]:
        return await self._orders(since)

    @override
    async def fills_since(self, since: datetime) -> Sequence[base.Fill]:
        account = self._account
        question = questions.ReadFills(owner=account.owner, account=account.id, since=since)
        return (await self._told(question, answers.Fills)).fills

    @override
    async def positions(self) -> Sequence[base.Position]:
        return (await self._holdings()).positions

    @override
    async def balances(self) -> Sequence[base.Balance]:
        return ((await self._holdings()).balance,)

    def _foreign(self, request: base.OrderRequest) -> base.Rejected | None:
        """Refuse what is not a paper order of this account, whoever let it come this far."""
        if request.mode is not Mode.PAPER or self._account.mode is not Mode.PAPER:
            message = "The paper venue takes paper orders only."
            return base.Rejected(reason=base.Reason.PERMISSION, message=message)
        if request.account_id != self._account.id:
            message = "The order belongs to another account."
            return base.Rejected(reason=base.Reason.INVALID_REQUEST, message=message)
        return None

    def _outcome(self, answer: answers.AnyAnswer) -> base.SubmitOutcome:
        match answer:
            case answers.Placed(report=report):
                self._stream.note(answer)
                return base.Accepted(broker_order_id=report.broker_order_id, report=report)
            case answers.Refused(reason=reason, message=message):
                return base.Rejected(reason=reason, message=message)
            case answers.Twice(report=report):
                state = report.state.value
                why = f"{base.Reason.DUPLICATE.value}: {report.broker_order_id} is {state}"
                return base.Unknown(why=why)
            case _:
                return base.Unknown(why=_unusable(answer))

    async def _orders(self, since: datetime | None) -> Sequence[base.OrderReport]:
        account = self._account
        question = questions.ReadOrders(owner=account.owner, account=account.id, since=since)
        return (await self._told(question, answers.Orders)).reports

    async def _holdings(self) -> answers.Holdings:
        account = self._account
        question = questions.ReadHoldings(owner=account.owner, account=account.id)
        return await self._told(question, answers.Holdings)

    async def _told(self, question: questions.AnyQuestion, kind: type[_T]) -> _T:
        """Ask what may be asked again at will."""
        try:
            answer = await self._venue.ask(question)
        except (NeverAskedError, AnswerLostError) as error:
            raise BrokerUnavailableError(str(error)) from error
        if not isinstance(answer, kind):
            raise BrokerUnavailableError(_unusable(answer))
        return answer


def options_of(account: BrokerAccount) -> PaperOptions:
    """Return an account's options as the venue has them; `InvalidOptionsError` if they are not."""
    try:
        return msgspec.convert(dict(account.options), PaperOptions, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidOptionsError(str(error)) from error


def _venue_id(ref: base.OrderRef) -> UUID | None:
    """Return the venue's own id, if what is known is one."""
    try:
        return None if ref.broker_order_id is None else UUID(ref.broker_order_id)
    except ValueError:
        return None


def _unusable(answer: answers.AnyAnswer) -> str:
    if isinstance(answer, answers.Refused):
        return answer.message
    return f"the venue answered {type(answer).__name__}, which is no answer to that"
