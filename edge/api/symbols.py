"""What charts' symbols mean to you: your own word before the house's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, put
from litestar.params import JSONBody

from broker_adapters.forms import BrokerName
from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.values import AccountId
from edge.alerts.meaning import refused_by
from edge.api import values
from edge.api.own import forget_everywhere, one_of
from edge.api.paging import PLAIN_LIST, SpanGiven, by_age, page_in_memory
from edge.api.shapes import Page
from edge.api.symbol_shapes import InstrumentBody, OverrideBody, instrument_body, override_body
from edge.door.doing import DoerGiven
from edge.door.guards import needs
from edge.door.step_up import stepped_up
from edge.errors import ApiError, not_found
from edge.given import Caller, IdInPath, PortsGiven
from handlers.asking.instrument_search import find_instruments, in_words
from handlers.asking.replies import Reason
from handlers.records.accounts import AccountState
from handlers.records.symbols import SymbolOverride
from handlers.symbols import VENUES, Chart, UnknownSymbol, is_crossing, refusal_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.base import Instrument
    from bus.values import UserId
    from edge.ports import Ports
    from handlers.records.accounts import Account

_READ = [needs("read")]
_FRESH = [needs("admin"), stepped_up]
_TAGS = ["Symbols"]


class NewOverride(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a chart's symbol shall mean, at one account or at all accounts of a broker.

    Attributes:
        chart: As alerts name it: `BITSTAMP:BTCUSD`, or `BTCUSD` for whichever exchange.
        symbol: What is traded instead, as the venue calls it.
        account_id: The only account that it holds for; without one, `broker` says for whose.
        crosses: It may lead from a spot chart to a perpetual, or back: to be said out loud.
    """

    chart: Annotated[str, msgspec.Meta(max_length=129)]
    symbol: Annotated[str, msgspec.Meta(max_length=64)]
    account_id: UUID | None = None
    broker: BrokerName | None = None
    crosses: bool = False


class KeptOverride(OverrideBody, frozen=True, kw_only=True):
    """An override, and what its venue says of the symbol; null where it could not be asked."""

    instrument: InstrumentBody | None


@get("/api/symbols", guards=_READ, tags=_TAGS, summary="List your overrides", opt=PLAIN_LIST)
async def list_overrides(
    ports: PortsGiven, principal: Caller, span: SpanGiven
) -> Page[OverrideBody]:
    """Return what you map by hand, newest first."""
    rows = await ports.store.symbols.overrides(principal.user_id)
    return page_in_memory(rows, span, key=by_age, show=override_body)


@put("/api/symbols", guards=_FRESH, status_code=200, tags=_TAGS, summary="Map a chart's symbol")
async def put_override(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, data: JSONBody[NewOverride]
) -> KeptOverride:
    """Trade this symbol wherever the chart is named from now on; said twice, nothing changes.

    The venue is asked whether it trades it, for up to 5 s; where it cannot be asked, `instrument`
    is null, and the first order will tell. Orders that are queued already keep their symbols.
    """
    accounts = await ports.store.catalogue.accounts(principal.user_id)
    account = None if data.account_id is None else one_of(accounts, data.account_id, "account")
    broker = _broker(data, account)
    wanted = _read(data, broker, principal.user_id)
    instrument = await _traded(ports, wanted, account or _any_of(accounts, broker))
    kept = await ports.store.symbols.put(wanted, deed=doer.does("symbol.put"))
    await forget_everywhere(ports, principal.user_id)
    shown = msgspec.structs.asdict(override_body(kept))
    return KeptOverride(
        **shown, instrument=None if instrument is None else instrument_body(instrument, broker)
    )


@delete("/api/symbols/{override_id:uuid}", guards=_FRESH, tags=_TAGS, summary="Drop an override")
async def drop_override(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, override_id: IdInPath
) -> None:
    """Leave the chart's symbol to the house's rule again."""
    deed = doer.does("symbol.drop")
    if not await ports.store.symbols.drop(principal.user_id, override_id, deed=deed):
        raise not_found("override")
    await forget_everywhere(ports, principal.user_id)


def _broker(data: NewOverride, account: Account | None) -> str:
    if account is None:
        if data.broker is None:
            message = "Name the account or the broker that it holds for."
            raise ApiError(400, "missing_field", message, field="account_id")
        return data.broker.value
    if data.broker is not None and data.broker.value != account.broker:
        message = f"The account is at {account.broker}."
        raise ApiError(400, "conflicting_fields", message, field="broker")
    return account.broker


def _read(data: NewOverride, broker: str, user: UserId) -> SymbolOverride:
    """Take an override as it was asked for, or refuse it by the field's name."""
    chart, asked = values.chart("chart", data.chart), values.chart("symbol", data.symbol)
    names = VENUES[broker]
    symbol = names.name(asked)
    if isinstance(symbol, UnknownSymbol):
        raise refused_by(refusal_of([symbol], asked, field="symbol"))
    if broker != BrokerName.PAPER and names.market_of(chart.ticker) is not None:
        message = f"{chart.ticker} is the venue's own name already: it means itself."
        raise ApiError(400, "invalid_field", message, field="chart")
    crosses = is_crossing(chart.market, names.market_of(symbol))
    if crosses and not data.crosses:
        raise _crossing(chart, symbol)
    return SymbolOverride(
        id=uuid7(),
        user_id=user,
        broker=broker,
        account_id=None if data.account_id is None else AccountId(data.account_id),
        exchange=chart.exchange,
        ticker=chart.ticker,
        symbol=symbol,
        crosses=crosses,
    )


def _crossing(chart: Chart, symbol: str) -> ApiError:
    return ApiError(
        400,
        "market_crossed",
        f"{chart.text} and {symbol} are not of one market: one is spot, one a perpetual.",
        field="symbol",
        hint="If that is what you want, send crosses: true.",
    )


def _any_of(accounts: Sequence[Account], broker: str) -> Account | None:
    """Return an account that its broker can be asked through."""
    able = [each for each in accounts if each.state is AccountState.ENABLED]
    return next((each for each in able if each.broker == broker), None)


async def _traded(
    ports: Ports, wanted: SymbolOverride, account: Account | None
) -> Instrument | None:
    """Return what the venue says of a symbol; `None` where it cannot be asked.

    Raises:
        ApiError: It says that it does not trade it.
    """
    if account is None:
        return None
    symbol = wanted.symbol
    try:
        reply = await find_instruments(
            account, ports.bus, symbol=symbol, query=symbol, clock=ports.clock
        )
    except TransportUnavailableError:
        return None
    if reply.code == Reason.UNKNOWN_SYMBOL:
        message = in_words(symbol, reply.instruments)
        raise ApiError(400, "unknown_symbol", message, field="symbol")
    return next((each for each in reply.instruments if each.symbol == symbol), None)


ROUTES = (list_overrides, put_override, drop_override)
