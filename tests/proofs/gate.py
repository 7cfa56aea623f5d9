"""Gate's double as a process of its own: traders with keys there, its misbehaviour, its ledger."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from infra.local.doubles.gateio.control import Told
from infra.local.doubles.gateio.faults import Hostility
from tests.proofs.load import Alert
from tests.proofs.oracle import Books
from tests.proofs.parts import address_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from infra.local.doubles.gateio.control import KeptOrder
    from tests.proofs.seeding import Trader

_HOSTILITY = Hostility(late_share=0.10, late_ms=(60, 200), swallow_share=0.03, fail_share=0.02)
_STOP_SECONDS = 30.0
# What a contract is worth in coins at the double, by its pair.
_COINS_IN_A_CONTRACT = {"BTC_USDT": Decimal("0.0001"), "ETH_USDT": Decimal("0.01")}
_TEXT_PREFIX = "t-"


@dataclass(frozen=True, slots=True)
class Double:
    """The running double."""

    url: str

    async def admit(self, trader: Trader, *, base_url: str) -> Trader:
        """Open an account at the double, and over the API the house's account and strategy."""
        key, secret = f"key-{trader.user}", f"secret-{trader.user}"
        await self._control("account", {"key": key, "secret": secret})
        account: dict[str, Any] = {
            "name": "Gate",
            "broker": "gateio",
            "credentials": {"api_key": key, "api_secret": secret},
        }
        headers = {"Authorization": f"Bearer {trader.api_key}"}
        async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=10) as api:
            made = (await api.post("/api/accounts", json=account)).raise_for_status().json()
            strategy = {"name": "At Gate", "accounts": [made["id"]]}
            hook = (await api.post("/api/strategies", json=strategy)).raise_for_status().json()
        path = httpx.URL(hook["webhook_url"]).path
        return replace(trader, webhook_url=f"{base_url}{path}")

    async def turn_hostile(self) -> None:
        """Answer late, not at all, or with a failure from now on, as the proof wants it."""
        await self._control("hostility", msgspec.to_builtins(_HOSTILITY))

    async def books(self) -> Books:
        """Read the double's own ledger, and how often each text was written."""
        async with httpx.AsyncClient(timeout=10) as client:
            reply = await client.get(f"{self.url}/control/ledger")
        told = msgspec.json.decode(reply.content, type=Told)
        placed = Counter(_id_of(order.text) for order in told.orders)
        written = Counter({_id_of(text): count for text, count in told.posts.items()})
        return Books(
            filled={_id_of(order.text): _coins(order) for order in told.orders},
            sends=dict(written | placed),
        )

    async def _control(self, name: str, body: dict[str, Any]) -> None:
        async with httpx.AsyncClient(timeout=10) as client:
            reply = await client.post(f"{self.url}/control/{name}", json=body)
        assert reply.json() == {"done": True}, reply.text


@contextmanager
def running_double(logs: Path, *, seed: int) -> Generator[Double]:
    """Run the double on a free port; leaving ends it."""
    command = [sys.executable, "-m", "infra.local.doubles.gateio", "--seed", str(seed)]
    with (logs / "gate.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, env=dict(os.environ)
        )
        try:
            yield Double(address_of(process.stdout))
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


def gate_alerts_of(traders: Sequence[Trader], total: int) -> list[Alert]:
    """Make alerts for two perpetuals, both ways, and for a spot pair, which is only bought."""
    charts = (("BTCUSDT.P", 60_000), ("ETHUSDT.P", 3_000), ("SOLUSDT", 150))
    made: list[Alert] = []
    for n in range(total):
        ticker, price = charts[n % len(charts)]
        sells = ticker.endswith(".P") and (n // len(charts)) % 2
        body = (
            f'{{"ticker":"GATEIO:{ticker}","action":"{"sell" if sells else "buy"}",'
            f'"quantity":"0.{n % 9 + 1}","price":"{price}","id":"proof-{n}"}}'
        )
        made.append(Alert(n=n, trader=traders[n % len(traders)], body=body))
    return made


def _id_of(text: str) -> str:
    return text.removeprefix(_TEXT_PREFIX)


def _coins(order: KeptOrder) -> Decimal:
    """Return what was traded in the unit that the house counts in."""
    if order.market == "spot":
        return order.filled
    return order.filled * _COINS_IN_A_CONTRACT[order.pair]
