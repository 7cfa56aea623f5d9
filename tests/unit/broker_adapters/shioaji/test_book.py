"""Orders put together from what came in any order: the same, however it came."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from broker_adapters.shioaji.book import Book, Entry
from broker_adapters.shioaji.mapping import Deal, Lot, Sight, Status
from bus.values import Side

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def a_sight(status: Status, **fields: Any) -> Sight:
    defaults: dict[str, Any] = {
        "id": "1",
        "code": "2330",
        "side": Side.BUY,
        "lot": Lot.COMMON,
        "quantity": 3,
        "price": Decimal(600),
        "price_type": "LMT",
        "time_in_force": "ROD",
        "created_at": AT,
    }
    return Sight(status=status, **(defaults | fields))


def a_deal(sequence: str, quantity: int = 1) -> Deal:
    return Deal(sequence=sequence, price=Decimal(600), quantity=quantity, at=AT)


STEPS: dict[str, Callable[[Book], object]] = {
    "pending": lambda book: book.see(a_sight(Status.PENDING)),
    "working": lambda book: book.see(a_sight(Status.WORKING)),
    "deal 1": lambda book: book.take("1", a_deal("1")),
    "deal 2": lambda book: book.take("1", a_deal("2")),
    "cancelled": lambda book: book.see(a_sight(Status.CANCELLED, cancelled=1)),
}


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("steps", list(permutations(STEPS)), ids=", ".join)
def test_any_order_of_arrival_comes_to_the_same(steps: tuple[str, ...], times: int) -> None:
    book = Book()

    for step in steps * times:
        STEPS[step](book)

    entry = book.get("1")
    assert entry is not None
    assert (entry.status, entry.filled, entry.is_over) == (Status.CANCELLED, 2, True)


def test_cancelled_order_is_not_over_while_a_deal_of_it_is_on_its_way() -> None:
    book = Book()
    entry = book.see(a_sight(Status.CANCELLED, cancelled=1))

    before = entry.is_over
    for sequence in ("1", "2"):
        book.take("1", a_deal(sequence))

    assert (before, entry.is_over) == (False, True)


def test_filled_order_is_not_over_before_its_deals_were_seen() -> None:
    entry = Book().see(a_sight(Status.FILLED, filled=3))

    assert not entry.is_over


def test_pending_order_was_never_acknowledged() -> None:
    assert not Book().see(a_sight(Status.PENDING)).is_acknowledged


def test_deal_acknowledges_an_order_that_looks_failed() -> None:
    book = Book()
    entry = book.see(a_sight(Status.FAILED))

    book.take("1", a_deal("1"))

    assert entry.is_acknowledged


def test_tag_that_was_seen_once_stays() -> None:
    entry = Entry(a_sight(Status.WORKING))

    entry.see(a_sight(Status.WORKING, tag="abcdef"))
    entry.see(a_sight(Status.WORKING, tag=None))

    assert (entry.tag, entry.is_listed) == ("abcdef", True)
