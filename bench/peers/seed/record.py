"""The seed's record: its tables, its three look-ups, its commits; asyncpg, a pool a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from bench.peers.seed.bodies import Alert

    Pool = asyncpg.Pool[asyncpg.Record]

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS seed;
CREATE TABLE IF NOT EXISTS seed.webhook_tokens (
    token text PRIMARY KEY, user_id uuid NOT NULL);
CREATE TABLE IF NOT EXISTS seed.users (
    id uuid PRIMARY KEY, is_active boolean NOT NULL DEFAULT true);
CREATE TABLE IF NOT EXISTS seed.accounts (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, broker text NOT NULL);
CREATE INDEX IF NOT EXISTS accounts_user ON seed.accounts (user_id);
CREATE TABLE IF NOT EXISTS seed.orders (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, account_id uuid NOT NULL, symbol text NOT NULL,
    side text NOT NULL, quantity numeric NOT NULL, price numeric, state text NOT NULL,
    broker_order_id text, created_at timestamptz NOT NULL DEFAULT now(),
    called_at timestamptz, answered_at timestamptz);
CREATE INDEX IF NOT EXISTS orders_user ON seed.orders (user_id, created_at);
"""
_TOKEN = "SELECT user_id FROM seed.webhook_tokens WHERE token = $1"  # noqa: S105 - a statement
_USER = "SELECT is_active FROM seed.users WHERE id = $1"
_ACCOUNT = "SELECT id FROM seed.accounts WHERE user_id = $1"
_INSERT = """
INSERT INTO seed.orders (id, user_id, account_id, symbol, side, quantity, price, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued')
"""
_CLAIM = "UPDATE seed.orders SET state = 'sending' WHERE id = $1 AND state = 'queued' RETURNING id"
_ANSWER = """
UPDATE seed.orders SET state = 'filled', broker_order_id = $2, called_at = $3, answered_at = now()
WHERE id = $1
"""


class UnknownTokenError(Exception):
    """Nobody has this token, or nobody who may trade."""


class Recorded(NamedTuple):
    """An order that is committed."""

    order: UUID
    user: UUID


async def make(connection: asyncpg.Connection[asyncpg.Record], tokens: Sequence[str]) -> list[UUID]:
    """Make the tables, and a user with an account for each token; returns the users."""
    await connection.execute(_SCHEMA)
    users = [uuid4() for _ in tokens]
    await connection.executemany(
        "INSERT INTO seed.webhook_tokens VALUES ($1, $2)", list(zip(tokens, users, strict=True))
    )
    await connection.executemany("INSERT INTO seed.users VALUES ($1)", [(user,) for user in users])
    await connection.executemany(
        "INSERT INTO seed.accounts VALUES ($1, $2, 'paper')", [(uuid4(), user) for user in users]
    )
    return users


async def record(pool: Pool, token: str, alert: Alert) -> Recorded:
    """Look token, user and account up, and commit the order's row, on one connection."""
    async with pool.acquire() as connection:
        user = await connection.fetchval(_TOKEN, token)
        if user is None or not await connection.fetchval(_USER, user):
            raise UnknownTokenError
        account = await connection.fetchval(_ACCOUNT, user)
        order = uuid4()
        await connection.execute(
            _INSERT, order, user, account, alert.ticker, alert.action, alert.quantity, alert.price
        )
    return Recorded(order, UUID(int=user.int))


async def claim(pool: Pool, order: UUID) -> bool:
    """Commit that the order is about to be sent."""
    async with pool.acquire() as connection:
        return await connection.fetchval(_CLAIM, order) is not None


async def answered(pool: Pool, order: UUID, broker_order: str, called_at: object) -> None:
    """Commit the broker's answer."""
    async with pool.acquire() as connection:
        await connection.execute(_ANSWER, order, broker_order, called_at)
