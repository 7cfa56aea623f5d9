"""Two users who own one of everything, and the ways in which they call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from broker_adapters.base import Fill
from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import StartWorker
from bus.values import OrderId, OrderState, Side, WorkerId
from handlers.records.orders import Claim, ClaimedOrder, Settlement
from handlers.records.views import WorkerView
from tests.unit.edge.house import bearer
from tests.unit.edge.people import a_browser, a_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from bus.values import UserId
    from tests.unit.edge.house import House
    from tests.unit.edge.people import Browser

BY_SESSION, BY_KEY = "session", "key"
_UNSTEADY = frozenset({"last_used_at", "last_seen_at", "age_s"})
# Not the workers: one that says nothing for 30 s is no longer shown.
_LISTS = (
    "/api/orders", "/api/signals", "/api/fills", "/api/positions", "/api/strategies",
    "/api/accounts", "/api/kill-switch", "/api/audit", "/api/dead-letters", "/api/api-keys",
    "/api/auth/sessions", "/api/symbols", "/api/comparisons",
)  # fmt: skip


@dataclass(kw_only=True)
class Owner:
    """A user, and an id of each kind of thing that they own."""

    id: UserId
    email: str
    browser: Browser
    key: str
    hook: str
    things: dict[str, str]

    async def ask(
        self, house: House, how: str, method: str, path: str, body: Any = None
    ) -> httpx.Response:
        """Call as this user: in the session, or with the key and no cookie."""
        headers = {"Idempotency-Key": str(uuid7()), "Accept": "application/json"}
        if how == BY_SESSION:
            return await self.browser.send(method, path, body, **headers)
        content = b"" if body is None else msgspec.json.encode(body)
        told = headers | bearer(self.key)
        return await house.client.request(method, path, content=content, headers=told)


async def an_owner(house: House, name: str) -> Owner:
    """Make a user who signed in and made one of everything there is."""
    person = await a_person(house, email=f"{name}@example.org")
    browser = a_browser(house)
    assert (await browser.sign_in(person.email)).status_code == 200
    key = await _made(browser, "/api/api-keys", {"name": "k", "scopes": ["read", "trade", "admin"]})
    account = await _made(browser, "/api/accounts", {"name": "Paper", "broker": "paper"})
    wish = {"name": "Trend", "accounts": [account["id"]]}
    strategy = await _made(browser, "/api/strategies", wish)
    hook = urlsplit(str(strategy["webhook_url"])).path
    fill, filled = await _filled(house, person.id, hook)
    queued = (await house.alert(_alert(), path=hook)).json()
    meaning = {"chart": "ETHUSD", "symbol": "ETHUSDT", "account_id": account["id"]}
    override = (await browser.send("PUT", "/api/symbols", meaning)).json()
    sessions = (await browser.get("/api/auth/sessions")).json()["items"]
    things = {
        "account": account["id"],
        "strategy": strategy["id"],
        "order": queued["orders"][0]["id"],
        "signal": queued["signal_id"],
        "filled_order": filled,
        "fill": fill,
        "session": sessions[0]["id"],
        "api_key": key["id"],
        "override": override["id"],
        "worker": await _worker(house, person.id),
        "dead_letter": await _letter(house, person.id),
        "user": str(person.id),
    }
    return Owner(
        id=person.id, email=person.email, browser=browser, key=key["key"], hook=hook, things=things
    )


async def seen_by(owner: Owner) -> Mapping[str, Any]:
    """Return everything that a user is shown, but for what time alone changes."""
    seen: dict[str, Any] = {}
    for path in _LISTS:
        answer = await owner.browser.get(path)
        assert answer.status_code == 200, (path, answer.text)
        seen[path] = _steady(answer.json())
    for kind in ("order", "filled_order"):
        path = f"/api/orders/{owner.things[kind]}"
        seen[path] = _steady((await owner.browser.get(path)).json())
    return seen


def says(answer: httpx.Response) -> tuple[int, Any]:
    """Return what an answer tells: its status and body, but for the trace."""
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return answer.status_code, answer.text
    return answer.status_code, _without(frozenset({"trace_id"}), answer.json())


def nearly_now() -> datetime:
    """Return a time that a real record agrees with."""
    return datetime.now(UTC)


def _steady(told: Any) -> Any:
    return _without(_UNSTEADY, told)


def _without(names: frozenset[str], told: Any) -> Any:
    """Return JSON without the fields of these names, at whatever depth."""
    if isinstance(told, dict):
        named = cast("dict[str, Any]", told)
        return {name: _without(names, each) for name, each in named.items() if name not in names}
    if isinstance(told, list):
        return [_without(names, each) for each in cast("list[Any]", told)]
    return told


async def _made(browser: Browser, path: str, body: Any) -> dict[str, Any]:
    answer = await browser.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _alert() -> dict[str, Any]:
    return {"ticker": "BTCUSDT", "action": "buy", "quantity": "0.01", "id": str(uuid7())}


async def _filled(house: House, user: UserId, hook: str) -> tuple[str, str]:
    """Send an alert and have its order filled, as a worker does."""
    answer = await house.alert(_alert(), path=hook)
    order_id = OrderId(UUID(answer.json()["orders"][0]["id"]))
    store = house.ports.store
    lease = await store.leases.take(user, WorkerId(uuid7()))
    order = await store.orders.load(order_id)
    assert lease is not None
    assert order is not None
    claimed = await store.orders.claim(
        Claim(
            order_id=order_id,
            lease=lease,
            side=Side.BUY,
            frozen_quantity=Decimal("0.01"),
            reduce_only=False,
        )
    )
    assert isinstance(claimed, ClaimedOrder)
    fill = Fill(
        fill_key=uuid7().hex,
        broker_trade_id=uuid7().hex,
        broker_order_id="b1",
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        side=Side.BUY,
        quantity=Decimal("0.01"),
        price=Decimal(100),
        fee=Decimal(0),
        fee_currency="USDT",
        at=house.clock.now(),
    )
    await store.orders.settle(
        Settlement(
            order_id=order_id,
            state=OrderState.FILLED,
            epoch=lease.epoch,
            actor="worker:test",
            broker_order_id="b1",
            filled_quantity=Decimal("0.01"),
            average_price=Decimal(100),
            fills=(fill,),
        )
    )
    await store.leases.release(lease)
    shown = await store.queries.order(user, order_id)
    assert shown is not None
    return shown.fills[0].id, str(order_id)


async def _worker(house: House, user: UserId) -> str:
    now = house.clock.now()
    worker = WorkerView(
        id=WorkerId(uuid7()),
        user_id=user,
        state="busy",
        epoch=1,
        pid=1,
        host=f"host of {user}",
        started_at=now,
        last_seen_at=now,
    )
    await house.ports.store.workers.put(worker)
    return str(worker.id)


async def _letter(house: House, user: UserId) -> str:
    bus = house.ports.bus
    envelope = seal(
        StartWorker(user_id=user, cause=None, deadline=house.clock.now() + timedelta(seconds=60)),
        clock=house.clock,
        dedup_id=f"letter:{user}",
    )
    await bus.publisher.publish(Destination.WORKER_CONTROL, envelope)
    async with bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
        async for delivery in deliveries:
            if delivery.envelope.id == envelope.id:
                await delivery.dead_letter("no room")
                break
            await delivery.ack()
    return str(envelope.id)
