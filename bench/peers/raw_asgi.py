"""The least edge there can be: raw ASGI, a dict of tokens, the same record and the same post.

It checks nothing, plans nothing and logs nothing. `python -m bench.peers.raw_asgi FILE`, with a
file of the tokens it knows; FOURPASS_PORT says where it listens.
"""

from __future__ import annotations

import os
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import uvicorn

from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import ExecuteOrder
from bus.open import open_bus
from bus.settings import read_settings as read_bus_settings
from bus.values import (
    AccountId,
    Mode,
    OrderId,
    OrderType,
    Side,
    SignalId,
    StrategyId,
    SystemClock,
    UserId,
)  # fmt: skip
from edge.serving import server_config, spare_the_collector
from handlers.records.alerts import Dedupe, NewOrder, NewSignal, SignalOutcome
from handlers.records.sizing_rules import Fixed
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]


class KnownToken(msgspec.Struct, frozen=True, kw_only=True):
    """Whose token it is."""

    user: UUID
    strategy: UUID
    account: UUID


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The alert's fields, and no others."""

    ticker: str
    action: Side
    sentiment: str
    quantity: Decimal
    price: Decimal
    interval: str
    id: str


class RawEdge:
    """The application."""

    def __init__(self, tokens: dict[str, KnownToken]) -> None:
        self._tokens = tokens
        self._decoder = msgspec.json.Decoder(Body)
        self._encoder = msgspec.json.Encoder()
        self._clock = SystemClock()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection's life, or the server's."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._take(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await receive()
            settings = StoreSettings.from_env(os.environ)
            self._store = await stack.enter_async_context(open_store(settings, self._clock))
            bus = await stack.enter_async_context(open_bus(read_bus_settings(os.environ)))
            self._hints = bus.hints
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _take(self, scope: Message, receive: Receive, send: Send) -> None:
        raw: bytes = (await receive())["body"]
        body = self._decoder.decode(raw)
        whose = self._tokens[scope["path"].rpartition("/")[2]]
        new = _new_signal(whose, raw, body)
        await self._store.signals.record(new)
        order = new.orders[0]
        message = ExecuteOrder(user_id=new.user_id, order_id=order.id, account_id=order.account_id)
        hint = seal(message, clock=self._clock, dedup_id=f"execute:{order.id}:1")
        await self._hints.hint(new.user_id, hint)
        reply = self._encoder.encode({"signal_id": new.id, "orders": [order.id]})
        length = b"%d" % len(reply)
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": reply})


def _new_signal(whose: KnownToken, raw: bytes, body: Body) -> NewSignal:
    now = datetime.now(UTC)
    order_id, signal_id = OrderId(uuid7()), SignalId(uuid7())
    order = NewOrder(
        id=order_id,
        account_id=AccountId(whose.account),
        mode=Mode.PAPER,
        symbol=body.ticker,
        sizing=Fixed(side=body.action, quantity=body.quantity),
        side=body.action,
        quantity=body.quantity,
        order_type=OrderType.MARKET,
        reference_price=body.price,
        expires_at=now + timedelta(minutes=1),
        client_order_id=order_id.hex,
    )
    return NewSignal(
        id=signal_id,
        strategy_id=StrategyId(whose.strategy),
        user_id=UserId(whose.user),
        dialect="plain",
        body=raw.decode(),
        signal=raw,
        outcome=SignalOutcome.ACCEPTED,
        dedupe=Dedupe(hash=sha256(raw).digest(), window=None),
        received_at=now,
        trace_id=signal_id.hex,
        traceparent="",
        orders=(order,),
    )


def main() -> None:
    """Serve until told to stop, as the edge itself is served."""
    tokens = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=dict[str, KnownToken])
    config = server_config(RawEdge(tokens))
    config.port = int(os.environ["FOURPASS_PORT"])
    spare_the_collector()
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
