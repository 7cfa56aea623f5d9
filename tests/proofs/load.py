"""A sender with TradingView's manners: 3 s of patience, resends on 5xx except 504, never on 4xx."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import anyio
import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.proofs.seeding import Trader

_PATIENCE = 3.0
_RESENDS = 3


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as a trader's strategy fires it; every one differs in its id."""

    n: int
    trader: Trader
    body: str


@dataclass(slots=True)
class Answers:
    """What the edge answered: the orders it promised, and what it refused for good."""

    promised: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    signals: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    refused: dict[int, tuple[int, str]] = field(default_factory=dict[int, tuple[int, str]])
    answered: int = 0
    faults: list[str] = field(default_factory=list[str])
    unanswered: list[int] = field(default_factory=list[int])


def alerts_of(traders: Sequence[Trader], total: int) -> list[Alert]:
    """Make alerts that alternate buy and sell over a few symbols, evenly over the traders."""
    symbols = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
    made: list[Alert] = []
    for n in range(total):
        side = "buy" if n % 2 else "sell"
        body = (
            f'{{"ticker":"{symbols[n % len(symbols)]}","action":"{side}",'
            f'"quantity":"0.{n % 9 + 1}","price":"{100 + n % 50}","id":"proof-{n}"}}'
        )
        made.append(Alert(n=n, trader=traders[n % len(traders)], body=body))
    return made


async def send_all(
    alerts: Sequence[Alert], *, rate: float, resend_after: float, copies: int = 1
) -> Answers:
    """Send every alert at its time, whatever became of the ones before (open loop).

    Args:
        alerts: What is sent.
        rate: Alerts a second.
        resend_after: Seconds between resends; TradingView waits 5.
        copies: How many times each is sent at the same moment.
    """
    answers = Answers()
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with (
        httpx.AsyncClient(timeout=_PATIENCE, limits=limits) as client,
        anyio.create_task_group() as senders,
    ):
        started = anyio.current_time()
        for position, alert in zip(count(), alerts, strict=False):
            await anyio.sleep_until(started + position / rate)
            for _ in range(copies):
                senders.start_soon(_send_one, client, alert, resend_after, answers)
    return answers


async def _send_one(
    client: httpx.AsyncClient, alert: Alert, resend_after: float, answers: Answers
) -> None:
    for _ in range(1 + _RESENDS):
        try:
            reply = await client.post(
                alert.trader.webhook_url, content=alert.body, headers={"content-type": "text/plain"}
            )
        except httpx.TransportError as error:
            # TradingView does not resend what timed out or could not be delivered.
            answers.faults.append(repr(error))
            break
        if reply.status_code >= 500 and reply.status_code != 504:
            await anyio.sleep(resend_after)
            continue
        _note(alert, reply, answers)
        return
    answers.unanswered.append(alert.n)


def _note(alert: Alert, reply: httpx.Response, answers: Answers) -> None:
    said: dict[str, Any] = reply.json()
    if reply.is_success:
        answers.answered += 1
        orders = [order["id"] for order in said.get("orders", [])]
        answers.promised.setdefault(alert.n, orders)
        answers.signals.setdefault(alert.n, set()).add(said["signal_id"])
    else:
        answers.refused[alert.n] = (reply.status_code, said.get("code", ""))
