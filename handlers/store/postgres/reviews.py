"""Closing orders that nobody could find out about, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.store.postgres.rows import as_json, deed_json
from handlers.store.reviews import Resolution, ReviewOutcome, ReviewStore, said_by_user

if TYPE_CHECKING:
    from decimal import Decimal

    from bus.values import OrderId, UserId
    from handlers.records.audit import Deed
    from handlers.store.postgres.connections import Database

_RESOLVE = "SELECT resolve_order($1::jsonb, $2, $3::jsonb)"


class PostgresReviews(ReviewStore):
    """Orders in `needs_review`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def resolve(
        self,
        user: UserId,
        order: OrderId,
        outcome: ReviewOutcome,
        *,
        filled_quantity: Decimal | None = None,
        deed: Deed | None = None,
    ) -> Resolution:
        said = as_json(said_by_user(order, outcome, filled_quantity=filled_quantity))
        return Resolution(await self._database.value(_RESOLVE, said, user, deed_json(deed)))
