"""The judge: what was promised and recorded, held against the venue's diary and its ledger.

Lost: answered 2xx, and neither at the venue nor in a visible final state.
Duplicated: more than one send of one order, where the first was not provably refused.
Lie: a final state of ours that the venue's ledger contradicts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import asyncpg
import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.proofs.load import Answers
    from tests.proofs.parts import House

FINAL = frozenset({"filled", "cancelled", "expired", "rejected", "denied", "not_placed"})
_WITHOUT_TRADE = frozenset({"expired", "rejected", "denied", "not_placed"})
_OURS = """
SELECT id::text, client_order_id, state, filled_quantity, error_code, account_id::text, attempts
FROM orders
"""
_THEIRS = """
SELECT client_order_id, filled_quantity FROM paper.orders
"""
_SENT = """
SELECT key AS client_order_id, count(*) AS sends FROM venue_journal.requests
WHERE kind = 'submit' GROUP BY key
"""
_DISCREPANCIES = "SELECT count(*) FROM paper.discrepancies"


class Ours(msgspec.Struct, frozen=True):
    """An order as the house has it."""

    id: str
    client_order_id: str
    state: str
    filled_quantity: Decimal
    error_code: str | None
    account_id: str
    attempts: int


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue itself wrote down, by our client order id.

    Attributes:
        filled: What was traded of each order it has, in the order's own unit.
        sends: How often each order was sent, whatever became of it.
    """

    filled: dict[str, Decimal]
    sends: dict[str, int]
    discrepancies: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; the first three must be empty."""

    lost: list[str]
    duplicated: list[str]
    lied: list[str]
    states: dict[str, int]
    orders: int
    sends: int
    needs_review: int
    ledger_discrepancies: int

    def __str__(self) -> str:
        """Return the figures on one line, with the first of each kind of fault."""
        faults = {"lost": self.lost, "duplicated": self.duplicated, "lied": self.lied}
        counted = "  ".join(f"{len(found)} {name}" for name, found in faults.items())
        first = [found[0] for found in faults.values() if found]
        return (
            f"{counted}  {self.ledger_discrepancies} discrepancies  {self.sends} sends of "
            f"{self.orders} orders {self.states} {first or ''}"
        ).rstrip()


async def wait_until_settled(house: House, *, within: float) -> None:
    """Return when no order is on its way any more, or after the time."""
    with anyio.move_on_after(within):
        while await _on_their_way(house) != 0:  # noqa: ASYNC110 - no event crosses processes
            await anyio.sleep(0.25)


async def paper_books(house: House) -> Books:
    """Read the paper venue's own ledger and diary."""
    venue = await asyncpg.connect(house.venue_database_url)
    try:
        filled = {
            row["client_order_id"]: row["filled_quantity"] for row in await venue.fetch(_THEIRS)
        }
        sends = {row["client_order_id"]: row["sends"] for row in await venue.fetch(_SENT)}
        discrepancies = await venue.fetchval(_DISCREPANCIES)
    finally:
        await venue.close()
    return Books(filled=filled, sends=sends, discrepancies=discrepancies)


async def judge(house: House, answers: Answers, books: Books) -> Verdict:
    """Hold all three books against each other."""
    ours = {order.id: order for order in await _ours(house)}
    theirs, sends = books.filled, books.sends
    promised = [order for orders in answers.promised.values() for order in orders]
    states: dict[str, int] = {}
    for order in ours.values():
        states[order.state] = states.get(order.state, 0) + 1
    return Verdict(
        lost=[_lost(order_id, ours) for order_id in promised if _is_lost(order_id, ours, theirs)],
        duplicated=[
            f"{order.id} was sent {sends[order.client_order_id]} times in {order.attempts} attempts"
            for order in ours.values()
            if sends.get(order.client_order_id, 0) > 1
        ],
        lied=[lie for order in ours.values() if (lie := _lie(order, theirs)) is not None],
        states=states,
        orders=len(ours),
        sends=sum(sends.values()),
        needs_review=states.get("needs_review", 0),
        ledger_discrepancies=books.discrepancies,
    )


def _is_lost(order_id: str, ours: Mapping[str, Ours], theirs: Mapping[str, Decimal]) -> bool:
    order = ours.get(order_id)
    if order is None:
        return True
    return order.state not in FINAL and order.client_order_id not in theirs


def _lost(order_id: str, ours: Mapping[str, Ours]) -> str:
    order = ours.get(order_id)
    return f"{order_id}: {'not recorded' if order is None else order.state}"


def _lie(order: Ours, theirs: Mapping[str, Decimal]) -> str | None:
    there = theirs.get(order.client_order_id)
    if order.state not in FINAL:
        return None
    if there is None:
        claims = order.state in {"filled", "cancelled"} and order.attempts > 0
        return f"{order.id}: {order.state}, unknown to the venue" if claims else None
    if order.state in _WITHOUT_TRADE and there > 0:
        return f"{order.id}: {order.state}, traded at the venue"
    if order.filled_quantity != there:
        return f"{order.id}: {order.filled_quantity} filled, {there} there"
    return None


async def _ours(house: House) -> list[Ours]:
    connection = await asyncpg.connect(house.database_url)
    try:
        return [Ours(**dict(row)) for row in await connection.fetch(_OURS)]
    finally:
        await connection.close()


async def _on_their_way(house: House) -> int:
    connection = await asyncpg.connect(house.database_url)
    try:
        return await connection.fetchval(
            "SELECT count(*) FROM orders WHERE state IN ('queued', 'sending', 'unknown')"
        )
    finally:
        await connection.close()
