"""Fills a running record with orders that were denied: as many as a long list needs, and no venue.

Run as `python -m tests.scenes.ordering DATA_DIR STRATEGY_ID COUNT [SYMBOL ...]`; the dashboard's
measures and journeys do.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import anyio
import msgspec

from bus.values import UserId
from infra.local.logins import APP
from infra.local.record import open_record
from tests.builders import a_new_order, a_new_signal

if TYPE_CHECKING:
    from collections.abc import Sequence

_AT_ONCE = 100
_SYMBOLS = ("BTCUSDT", "ETHUSDT", "2330", "TXFR1", "SOLUSDT")


async def fill(
    folder: Path, user: UserId, strategy_id: UUID, count: int, symbols: Sequence[str] = _SYMBOLS
) -> None:
    """Record alerts of 100 denied orders each, by the door that alerts come in by."""
    async with open_record(dict(os.environ), folder, role=APP) as store:
        accounts = {each.id: each for each in await store.catalogue.accounts(user)}
        strategies = await store.catalogue.strategies(user)
        strategy = next(each for each in strategies if each.id == strategy_id)
        account = accounts[strategy.accounts[0]]
        for start in range(0, count, _AT_ONCE):
            now = datetime.now(UTC)
            orders = [
                msgspec.structs.replace(
                    a_new_order(
                        account,
                        symbol=symbols[n % len(symbols)],
                        quantity=str(n + 1),
                        expires_at=now + timedelta(minutes=1),
                    ),
                    denied_code="mode_mismatch",
                )
                for n in range(start, min(start + _AT_ONCE, count))
            ]
            await store.signals.record(a_new_signal(strategy, *orders, received_at=now))


def main() -> None:
    """Fill what the line names, for the user of its demo."""
    folder, strategy, count = Path(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3])
    demo = json.loads((folder / "demo.json").read_text())
    symbols = sys.argv[4:] or _SYMBOLS
    anyio.run(fill, folder, UserId(UUID(demo["user_id"])), strategy, count, symbols)


if __name__ == "__main__":
    main()
