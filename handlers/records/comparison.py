"""What a venue has of an account, compared with the record: when, how much, and what differs.

Pure. Each account has a day of its own, which begins at a time drawn from its id: so comparisons
are spread over the day. The record's SQL draws the same (`store/migrations/0200_comparisons.sql`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bus.values import AccountId, OrderId, OrderState, UserId
from handlers.records.base import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# SinoPac lists the orders of its day alone: it is asked between the day session's end and 14:50 in
# Taipei, when another day begins there.
WINDOWS: Mapping[str, tuple[timedelta, timedelta]] = MappingProxyType(
    {"shioaji": (timedelta(hours=5, minutes=50), timedelta(minutes=50))}
)
"""Where in UTC's day an account's own day may begin, and within how long; else anywhere."""
RETRIED_AFTER = timedelta(minutes=30)
MOST_ATTEMPTS = 6
LATELY = timedelta(days=7)
# A day that begins sooner after an account was made is not its first.
NEW_FOR = timedelta(hours=1)
# What was seen last time is looked at again: a venue may list a trade late, and clocks differ.
OVERLAP = timedelta(hours=1)
_ANYWHERE = (timedelta(0), timedelta(days=1))


class PositionDiffers(Record, frozen=True, kw_only=True, tag="position", tag_field="kind"):
    """A venue holds another quantity than the fills recorded come to; both are signed.

    Attributes:
        symbols: What was traded from here: a contract, where the name leads from one to the next.
    """

    symbols: tuple[str, ...]
    recorded: Decimal
    at_venue: Decimal


class OrderDiffers(Record, frozen=True, kw_only=True, tag="order", tag_field="kind"):
    """An order that is over by the record works at its venue, which no evidence can undo."""

    order_id: OrderId
    symbol: str
    recorded: OrderState
    at_venue: OrderState


Difference = PositionDiffers | OrderDiffers


class Comparison(Record, frozen=True, kw_only=True, tag="done", tag_field="state"):
    """An account was compared.

    Attributes:
        begins_at: When the account's day began, of which this is the comparison.
        at: When it was begun.
        since: Orders and fills of the venue from this instant on were looked at.
        orders: Orders of ours among them; `other_orders` were sent from elsewhere.
        fills: Fills of ours among them; `found_fills` of them nobody had told of.
        settled_orders: Orders whose state here was another until then.
        positions: What is held, or was traded, and was compared.
        unsettled: Symbols that could not be judged: something was in doubt, or traded all the time.
        over: Contracts that are traded no more and that the venue shows nothing of: what was held
            of them was settled on their last day, and no fill tells of that.
    """

    account_id: AccountId
    begins_at: datetime
    at: datetime
    since: datetime
    orders: int = 0
    fills: int = 0
    positions: int = 0
    other_orders: int = 0
    found_fills: int = 0
    settled_orders: int = 0
    unsettled: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


class NotCompared(Record, frozen=True, kw_only=True, tag="unreachable", tag_field="state"):
    """An account could not be compared; it is tried again unless only its owner can help.

    Attributes:
        found_fills: What the day's attempts had taken in before they failed, as of a `Comparison`:
            it is recorded, so that no later attempt finds it. `settled_orders` likewise.
    """

    account_id: AccountId
    begins_at: datetime
    at: datetime
    code: str
    why: str
    is_hopeless: bool = False
    found_fills: int = 0
    settled_orders: int = 0


class DueComparison(Record, frozen=True, kw_only=True):
    """An account that shall be compared now, for the `attempt`-th time of its day."""

    user_id: UserId
    account_id: AccountId
    attempt: int


class LatestComparison(Record, frozen=True, kw_only=True):
    """How an account's comparisons stand.

    Attributes:
        comparison: The last one that came about.
        failure: Why the newest one did not.
        acknowledged_at: When the owner said that the differences are known.
    """

    account_id: AccountId
    comparison: Comparison | None = None
    failure: NotCompared | None = None
    acknowledged_at: datetime | None = None


class LedgerOrder(Record, frozen=True, kw_only=True):
    """An order as a comparison needs it."""

    id: OrderId
    client_order_id: str
    symbol: str
    state: OrderState
    filled_quantity: Decimal


class Ledger(Record, frozen=True, kw_only=True):
    """What the record has since an instant.

    Attributes:
        orders: Those sent since, and a while before.
        fill_keys: Of fills since, and a while before.
        found_fills: What the day's failed attempts took in; `settled_orders` likewise.
    """

    begins_at: datetime
    since: datetime
    orders: tuple[LedgerOrder, ...]
    fill_keys: frozenset[str]
    found_fills: int = 0
    settled_orders: int = 0


class Traded(Record, frozen=True, kw_only=True):
    """The sum of all fills of a symbol: what was bought less what was sold, and for how much.

    Attributes:
        is_contract: It was traded under a name that leads to other contracts at other times.
    """

    symbol: str
    fills: int
    quantity: Decimal
    value: Decimal
    is_contract: bool = False


class Holdings(Record, frozen=True, kw_only=True):
    """All that was ever traded at an account, by the fills recorded.

    Attributes:
        fees: Paid so far, by what they were paid in.
        in_doubt: Symbols with an order of which nobody knows whether it is at the venue.
    """

    traded: tuple[Traded, ...] = ()
    fees: dict[str, Decimal] = msgspec.field(default_factory=dict[str, Decimal])
    in_doubt: frozenset[str] = frozenset()


def is_as_far_apart(one: Sequence[Difference], other: Sequence[Difference]) -> bool:
    """Say whether the same differs by as much: what is traded in between moves both sides."""
    return [_apart(each) for each in one] == [_apart(each) for each in other]


def day_of(account: AccountId, broker: str, now: datetime) -> datetime:
    """Return when the day began that an account is in."""
    first, span = WINDOWS.get(broker, _ANYWHERE)
    drawn = int(account.hex[-8:], 16) % int(span.total_seconds())
    offset = first + timedelta(seconds=drawn)
    midnight = (now - offset).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + offset


def _apart(each: Difference) -> object:
    if isinstance(each, PositionDiffers):
        return each.symbols, each.at_venue - each.recorded
    return each
