"""The venue's diary of every request it received, written before anything is done about it.

It is what an outside observer compares the ledger and the house's record with: an order sent twice
stands in it twice, whatever the ledger made of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.paper.questions import Submit
from infra.local.doubles.hostile_venue import key_of, kind_of

if TYPE_CHECKING:
    import asyncpg

    from broker_adapters.paper.questions import AnyQuestion
    from infra.local.doubles.hostility import Fate

_TABLE = """
CREATE SCHEMA IF NOT EXISTS venue_journal;
CREATE TABLE IF NOT EXISTS venue_journal.requests (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    key text NOT NULL,
    owner_id uuid NOT NULL,
    account_id uuid,
    fate text NOT NULL,
    question jsonb NOT NULL
);
CREATE OR REPLACE FUNCTION venue_journal.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is only ever written on';
END $$;
CREATE OR REPLACE TRIGGER only_ever_written_on
    BEFORE UPDATE OR DELETE OR TRUNCATE ON venue_journal.requests
    FOR EACH STATEMENT EXECUTE FUNCTION venue_journal.refuse();
"""
_WRITE = """
INSERT INTO venue_journal.requests (kind, key, owner_id, account_id, fate, question)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)
"""


class Journal:
    """Writes requests down."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def open(self) -> None:
        """Make the table if it is not there."""
        await self._pool.execute(_TABLE)

    async def write(self, question: AnyQuestion, fate: Fate) -> None:
        """Write one request down."""
        if isinstance(question, Submit):
            account = question.request.account_id
        else:
            account = getattr(question, "account", None)
        said = msgspec.json.encode(question).decode()
        kind, key = kind_of(question), key_of(question)
        await self._pool.execute(_WRITE, kind, key, question.owner, account, fate.value, said)
