"""Places orders at a Gate, by our adapter or by the official client: one process, one client.

    python -m bench.peers.gate_orders ours|official ADDRESS KEY SECRET

Each line of its input is a number of orders; for each it says one line of JSON: what they took.
"""

from __future__ import annotations

import sys
import time
import warnings
from datetime import timedelta
from decimal import Decimal
from functools import partial
from os import getpid
from typing import TYPE_CHECKING, Any

import anyio
import msgspec

from bench.handicap import Toll, share
from bench.measure import percentile, private_mib
from broker_adapters.base import Accepted, OrderRequest
from broker_adapters.credentials import GateioCredentials
from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.registry import open_broker
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderType, Side, SystemClock, UserId
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_adapters.base import Broker

PAIR = "BTC_USDT"
_SPAN = timedelta(seconds=5)
_LOOP: dict[str, Any] = {"backend": "asyncio", "backend_options": {"use_uvloop": True}}


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """What some orders took, in this process."""

    cpu_us: float
    p50_us: float
    p99_us: float
    private_mib: float


async def ours(address: str, key: str, secret: str) -> None:
    """Place orders by the adapter that workers use."""
    clock = SystemClock()
    account = BrokerAccount(
        id=AccountId(uuid7()), owner=UserId(uuid7()), broker="gateio", mode=Mode.LIVE
    )
    credentials = GateioCredentials(api_key=key, api_secret=secret)
    means = BrokerMeans(clock=clock, stand_ins={"gateio": address})
    async with open_broker(account, credentials, means) as broker:
        await broker.connect(deadline=clock.now() + _SPAN)
        await _serve(partial(_ours, broker, account, Toll(share(Stage.ANSWERED))))


async def _ours(broker: Broker, account: BrokerAccount, toll: Toll) -> None:
    toll.start()
    request = OrderRequest(
        account_id=account.id,
        client_order_id=uuid7().hex[:28],
        mode=Mode.LIVE,
        symbol=PAIR,
        side=Side.BUY,
        quantity=Decimal("0.001"),
        order_type=OrderType.LIMIT,
        limit_price=Decimal(60_000),
    )
    outcome = await broker.submit(request, send_by=SystemClock().now() + _SPAN)
    if not isinstance(outcome, Accepted):
        raise TypeError(outcome)
    toll.pay()


async def official(address: str, key: str, secret: str) -> None:
    """Place the same orders by the official client, which blocks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gate_api  # noqa: PLC0415 - only one of the two clients may be in this process
    api: Any = gate_api
    configuration = api.Configuration(host=f"{address}/api/v4", key=key, secret=secret)
    spot = api.SpotApi(api.ApiClient(configuration))

    async def place() -> None:
        order = api.Order(
            currency_pair=PAIR,
            side="buy",
            amount="0.001",
            price="60000",
            text="t-" + uuid7().hex[:28],
        )
        expires_at = str(int((SystemClock().now() + _SPAN).timestamp() * 1000))
        spot.create_order(order, x_gate_exptime=expires_at)

    await _serve(place)


async def _serve(place: Callable[[], Awaitable[None]]) -> None:
    lines = anyio.wrap_file(sys.stdin)
    async for line in lines:
        took = await _measured(place, int(line))
        sys.stdout.buffer.write(msgspec.json.encode(took) + b"\n")
        sys.stdout.buffer.flush()


async def _measured(place: Callable[[], Awaitable[None]], times: int) -> Took:
    spans: list[float] = []
    began = time.process_time()
    for _ in range(times):
        sent_at = time.perf_counter()
        await place()
        spans.append(time.perf_counter() - sent_at)
    return Took(
        cpu_us=(time.process_time() - began) / times * 1e6,
        p50_us=percentile(spans, 0.5) * 1e6,
        p99_us=percentile(spans, 0.99) * 1e6,
        private_mib=private_mib(getpid()),
    )


if __name__ == "__main__":
    _CLIENTS = {"ours": ours, "official": official}
    _address, _key, _secret = sys.argv[2:]
    anyio.run(_CLIENTS[sys.argv[1]], _address, _key, _secret, **_LOOP)
