"""The seed's edge, for Gunicorn: `gunicorn bench.peers.seed.app:app`."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
from fastapi import FastAPI, HTTPException

from bench.peers.seed.bodies import Accepted, Alert, TradingRequest
from bench.peers.seed.record import UnknownTokenError, record
from bench.peers.seed.ways import Way, open_way

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bench.peers.seed.record import Pool

_POOL = 10


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    url = os.environ["FOURPASS_DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=2, max_size=_POOL) as pool, open_way() as way:
        app.state.pool, app.state.way = pool, way
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/webhook/tradingview/{token}", status_code=202)
async def webhook(token: str, alert: Alert) -> Accepted:
    """Record an alert's order and push it to the user's worker."""
    state: Any = app.state
    pool: Pool = state.pool
    way: Way = state.way
    try:
        recorded = await record(pool, token, alert)
    except UnknownTokenError:
        raise HTTPException(404) from None
    request = TradingRequest(
        request_id=recorded.order,
        user_id=recorded.user,
        symbol=alert.ticker,
        action=alert.action,
        quantity=alert.quantity,
        price=alert.price,
    )
    await way.push(request)
    return Accepted(status="accepted", orders=[recorded.order])
