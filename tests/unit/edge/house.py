"""A whole edge over the record and the bus in memory, looked at from outside through HTTP."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import msgspec

from bus.base import Destination
from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.settings import LANES
from bus.values import Mode
from edge.application import app_over, ports_of
from edge.kept.recognition import hash_token
from edge.settings import EdgeSettings
from handlers.identity.refused_sign_ins import RefusedSignIns
from handlers.identity.services import IdentityServices
from handlers.identity.tokens import hash_secret
from handlers.mail.queue import MailQueue
from handlers.records.people import NewKey
from handlers.store.memory import MemoryStore
from handlers.throttle.memory import MemoryThrottle
from handlers.vault.box import memory_box
from handlers.vault.open import open_memory_vault
from tests.builders import ManualClock, a_strategy, a_user, an_account
from tests.doors import ListMailer, QuickPasswords

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Sequence
    from decimal import Decimal

    from litestar import Litestar

    from bus.bundle import Bus
    from bus.envelope import Envelope
    from bus.values import UserId
    from edge.ports import Ports
    from handlers.mail.base import Mail
    from handlers.records.accounts import Account, Strategy
    from handlers.store.base import Store
    from handlers.throttle.base import Throttle

TOKEN = "wh_" + "t" * 43
KEY = "fp_" + "k" * 43
SEALER, UNSEALER = open_memory_vault()
ALL_SCOPES = ("read", "trade", "admin")


@dataclass(kw_only=True)
class House:
    """An open edge with one user, one paper account and one strategy."""

    ports: Ports
    clock: ManualClock
    client: httpx.AsyncClient
    app: Litestar
    user: UserId
    account: Account
    strategy: Strategy
    prices: list[tuple[UserId, str, Decimal]] = field(default_factory=list[Any])
    outbox: list[Mail] = field(default_factory=list[Any])

    @property
    def hook(self) -> str:
        return f"/webhook/tradingview/{TOKEN}"

    async def alert(self, body: Any, *, path: str | None = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.client.post(path or self.hook, content=content)

    async def get(self, path: str, *, key: str = KEY) -> httpx.Response:
        return await self.client.get(path, headers=bearer(key))

    async def post(
        self, path: str, body: Any = None, *, key: str = KEY, idempotency: str | None = None
    ) -> httpx.Response:
        headers = bearer(key)
        if idempotency is not None:
            headers["Idempotency-Key"] = idempotency
        content = b"" if body is None else msgspec.json.encode(body)
        return await self.client.post(path, content=content, headers=headers)

    async def add_key(self, key: str, *scopes: str) -> None:
        new = NewKey(id=uuid7(), name="key", scopes=scopes)
        await self.ports.store.keys.add(self.user, new, key_hash=hash_secret(key))

    async def next_of(self, destination: Destination) -> Envelope:
        """Return what was published to a queue first; time passes until it is due."""
        async with self.ports.bus.subscriber.receive(destination) as deliveries:
            self.clock.go_on(LANES[destination].delay)
            with anyio.fail_after(2):
                delivery = await anext(aiter(deliveries))
        await delivery.ack()
        return delivery.envelope

    async def next_start(self) -> Envelope:
        """Return what was published to worker-control first."""
        return await self.next_of(Destination.WORKER_CONTROL)

    async def two_accounts(self) -> tuple[str, Account]:
        """Make a second account, and a strategy that reaches both."""
        other = await self.ports.store.catalogue.add_account(an_account(self.user))
        both = msgspec.structs.replace(
            a_strategy(self.account), accounts=(self.account.id, other.id)
        )
        token = TOKEN.replace("t", "u")
        await self.ports.store.catalogue.add_strategy(both, token_hash=hash_token(token))
        return token, other

    async def protect(self) -> None:
        """Give the user a second factor, without which nothing live is armed."""
        totp = self.ports.store.totp
        assert await totp.enroll(self.user, b"sealed")
        assert await totp.confirm(self.user, step=1, code_hashes=[])

    async def live_strategy(self) -> str:
        """Make a live account and a live strategy; return its token."""
        live = await self.ports.store.catalogue.add_account(an_account(self.user, mode=Mode.LIVE))
        token = TOKEN.replace("t", "v")
        await self.ports.store.catalogue.add_strategy(
            a_strategy(live), token_hash=hash_token(token)
        )
        return token

    async def mailed(self) -> None:
        """Wait until every mail is with who sends it."""
        await self.ports.identity.mail.flush()

    async def items(self, path: str) -> list[dict[str, Any]]:
        answer = await self.get(path)
        return answer.json()["items"]


class _Shell:
    """An application, which takes long to build, and the ports that it opens when it starts next.

    It starts anew for each house, with nothing of the one before; that is what its state is for.
    """

    def __init__(self) -> None:
        self.ports: Ports
        self.app = app_over(self._opened)

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[Ports]:
        yield self.ports


_EMPTY: list[_Shell] = []


@contextmanager
def _a_shell(ports: Ports) -> Generator[Litestar]:
    """Lend an application that nobody uses."""
    shell = _EMPTY.pop() if _EMPTY else _Shell()
    shell.ports = ports
    yield shell.app
    # One whose start or end failed is not lent again.
    _EMPTY.append(shell)


@asynccontextmanager
async def a_house(
    *,
    settings: EdgeSettings | None = None,
    store: Store | None = None,
    bus: Bus | None = None,
    clock: ManualClock | None = None,
    throttle: Throttle | None = None,
) -> AsyncGenerator[House]:
    """Open an edge; a test may bring a store or a bus of its own making."""
    time = clock or ManualClock()
    record = store or MemoryStore(time)
    prices: list[tuple[UserId, str, Decimal]] = []

    async def set_price(user: UserId, symbol: str, price: Decimal) -> int:
        prices.append((user, symbol, price))
        return 0

    async with open_memory_bus(time) as memory:
        outbox: list[Mail] = []
        told = settings or EdgeSettings()
        identity = IdentityServices(
            store=record,
            passwords=QuickPasswords(),
            throttle=throttle or MemoryThrottle(time),
            box=memory_box(),
            mail=MailQueue(ListMailer(outbox)),
            refused=RefusedSignIns(record.audit, time),
            clock=time,
            public_url=told.public_url,
        )
        ports = ports_of(told, bus or memory, identity, set_price=set_price, sealer=SEALER)
        user, account, strategy = await furnish(record)
        with _a_shell(ports) as app:
            transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType] - httpx types ASGI loosely
            async with (
                app.lifespan(),
                httpx.AsyncClient(transport=transport, base_url="http://edge.test") as client,
            ):
                yield House(
                    ports=ports,
                    clock=time,
                    client=client,
                    app=app,
                    user=user,
                    account=account,
                    strategy=strategy,
                    prices=prices,
                    outbox=outbox,
                )


async def furnish(
    store: Store, *, token: str = TOKEN, key: str = KEY, scopes: Sequence[str] = ALL_SCOPES
) -> tuple[UserId, Account, Strategy]:
    """Make a user with a key, a paper account and a strategy."""
    user = a_user()
    await store.identity.add_user(user, email=f"{user}@example.org", password_hash="-")
    new = NewKey(id=uuid7(), name="all", scopes=tuple(scopes))
    await store.keys.add(user, new, key_hash=hash_secret(key))
    account = await store.catalogue.add_account(an_account(user))
    strategy = await store.catalogue.add_strategy(a_strategy(account), token_hash=hash_token(token))
    return user, account, strategy


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def an_alert(**fields: Any) -> dict[str, Any]:
    return {"ticker": "BTCUSDT", "action": "buy", "quantity": "0.01"} | fields
