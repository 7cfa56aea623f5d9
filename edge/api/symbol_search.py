"""Looking for what an account's venue trades, by a chart's symbol or a few letters."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import QueryParameter

from edge.api import values
from edge.api.own import own_account
from edge.api.symbol_shapes import InstrumentBody, MappingBody, instrument_body, mapping_body
from edge.door.guards import needs
from edge.given import Caller, PortsGiven
from edge.language import language_of
from handlers.asking.instrument_search import find_instruments
from handlers.symbols import UnknownSymbol, map_symbol

AccountQuery = Annotated[UUID, QueryParameter(description="Whose venue.")]
TextQuery = Annotated[
    str, QueryParameter(description="A chart's symbol, as BINANCE:BTCUSDT.P, or a part of one.")
]


class FoundSymbolsBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a text would trade at an account, and what its venue has under such names.

    Attributes:
        mapping: Null where the text has no one meaning there; `candidates` may be what was meant.
        ok: The venue was asked; else `code` and `message` say why `items` is empty.
        items: What `mapping` names comes first.
    """

    mapping: MappingBody | None
    candidates: list[str]
    ok: bool
    code: str
    message: str
    items: list[InstrumentBody]


@get("/api/symbols/search", guards=[needs("trade")], tags=["Symbols"], summary="Search symbols")
async def search_symbols(
    request: Request[Any, Any, Any],
    ports: PortsGiven,
    principal: Caller,
    account_id: AccountQuery,
    text: TextQuery,
) -> FoundSymbolsBody:
    """Say what a text would trade, and have your worker ask the venue for more; up to 5 s."""
    account = await own_account(ports, principal.user_id, account_id)
    chart = values.chart("text", text)
    overrides = await ports.store.symbols.overrides(principal.user_id)
    mapped = map_symbol(chart, account, overrides)
    unknown = isinstance(mapped, UnknownSymbol)
    reply = await find_instruments(
        account,
        ports.bus,
        symbol=None if unknown else mapped.symbol,
        query=chart.ticker,
        clock=ports.clock,
    )
    return FoundSymbolsBody(
        mapping=None if unknown else mapping_body(mapped, account.broker),
        candidates=list(mapped.candidates) if unknown else [],
        ok=reply.is_ok,
        code=reply.code,
        message=reply.said(language_of(request)),
        items=[instrument_body(each, account.broker) for each in reply.instruments],
    )


ROUTES = (search_symbols,)
