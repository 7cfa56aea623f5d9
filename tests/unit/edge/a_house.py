"""A whole edge over the record and the bus in memory, for tests that look at it from outside."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.values import (
    AccountId,
    Mode,
    OrderId,
    OrderType,
    Side,
    StrategyId,
    SystemClock,
    UserId,
)
from edge.app import app_over, ports_of
from edge.errors import ApiError
from edge.guards import hash_key
from edge.meaning import Meant
from edge.recognition import hash_token
from edge.settings import EdgeSettings
from handlers.client_ids import client_order_id
from handlers.records import Account, Dedupe, NewOrder, Recognised, Strategy, StrategyState
from handlers.sizing_rules import Fixed
from handlers.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import datetime

    from edge.ports import Ports

TOKEN = "wh_" + "t" * 43
KEY = "fp_" + "k" * 43


class PlainMeaning:
    """Understands `{"ticker","action","quantity"}`."""

    def find_token(self, body: bytes) -> str | None:
        found: Any = self._decode(body)
        return found.get("token") if isinstance(found, dict) else None

    def mask(self, body: bytes) -> str:
        return body.decode("utf-8", "replace").replace(TOKEN, "***")

    def read(self, body: bytes) -> Sequence[object]:
        if not body.strip():
            raise ApiError(400, "empty_body", "empty")
        found = self._decode(body)
        if found is None:
            raise ApiError(400, "malformed_json", "malformed")
        return found if isinstance(found, list) else [found]

    def plan(
        self,
        signal: Any,
        recognised: Recognised,
        *,
        now: datetime,
        received_at: datetime,
        is_paper_only: bool,
    ) -> Meant:
        orders: list[NewOrder] = []
        for account in recognised.accounts:
            order_id = OrderId(uuid7())
            side, quantity = Side(signal["action"]), Decimal(signal["quantity"])
            orders.append(
                NewOrder(
                    id=order_id,
                    account_id=account.id,
                    mode=Mode.PAPER,
                    symbol=signal["ticker"],
                    sizing=Fixed(side=side, quantity=quantity),
                    side=side,
                    quantity=quantity,
                    order_type=OrderType.MARKET,
                    expires_at=now + timedelta(seconds=60),
                    client_order_id=client_order_id(order_id),
                )
            )
        text = msgspec.json.encode(signal)
        return Meant(
            dialect="plain",
            signal=text,
            dedupe=Dedupe(hash=sha256(text).digest(), window=timedelta(seconds=30)),
            orders=tuple(orders),
            cancels=(),
            masked_body=text.decode(),
            warnings=(),
        )

    def _decode(self, body: bytes) -> Any:
        try:
            return msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None


@dataclass(frozen=True, kw_only=True)
class House:
    ports: Ports
    client: httpx.AsyncClient
    user: UserId
    account: Account
    strategy: Strategy

    @property
    def key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {KEY}"}


@asynccontextmanager
async def a_house() -> AsyncGenerator[House]:
    clock = SystemClock()
    store = MemoryStore(clock)
    user = UserId(uuid7())
    await store.identity.add_user(user, email="a@example.org", password_hash="-")
    await store.identity.add_api_key(
        user, uuid7(), key_hash=hash_key(KEY), name="all", scopes=["read", "trade", "admin"]
    )
    account = await store.catalogue.add_account(
        Account(id=AccountId(uuid7()), user_id=user, name="Paper", broker="paper", mode=Mode.PAPER)
    )
    strategy = await store.catalogue.add_strategy(
        Strategy(
            id=StrategyId(uuid7()),
            user_id=user,
            name="S",
            state=StrategyState.ACTIVE,
            mode=Mode.PAPER,
            accounts=(account.id,),
        ),
        token_hash=hash_token(TOKEN),
    )
    async with open_memory_bus(clock) as bus:
        ports = ports_of(EdgeSettings(), store, bus, clock, PlainMeaning())

        @asynccontextmanager
        async def opened() -> AsyncGenerator[Ports]:
            yield ports

        app = app_over(opened)
        async with app.lifespan():
            transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType] - httpx types ASGI loosely
            async with httpx.AsyncClient(
                transport=transport, base_url="http://edge.test"
            ) as client:
                yield House(
                    ports=ports, client=client, user=user, account=account, strategy=strategy
                )
