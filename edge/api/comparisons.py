"""Comparisons: what your accounts' venues have, beside what is recorded here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from edge.api import values
from edge.api.own import own_account
from edge.api.paging import PLAIN_LIST, SpanGiven, page_in_memory
from edge.api.shapes import Page
from edge.door.doing import DoerGiven
from edge.door.guards import needs
from edge.errors import ApiError
from edge.given import Caller, IdInPath, PortsGiven
from handlers.records.comparison import OrderDiffers, PositionDiffers

if TYPE_CHECKING:
    from handlers.records.comparison import (
        Comparison,
        Difference,
        LatestComparison,
        NotCompared,
    )

_TAGS = ["Accounts"]


class DifferenceBody(msgspec.Struct, frozen=True, kw_only=True):
    """What differs: a position's quantity, or an order that is over here and works there.

    Attributes:
        symbols: Under which it was traded from here.
        order_id: The order, where it is about one.
        recorded: A position's signed quantity by the fills recorded, or an order's state here.
        at_venue: What the venue shows instead.
    """

    kind: Literal["position", "order"]
    symbols: list[str]
    order_id: UUID | None
    recorded: str
    at_venue: str


class ComparedBody(msgspec.Struct, frozen=True, kw_only=True):
    """What was compared, and what differed.

    Attributes:
        since: Orders and fills of the venue from this instant on were looked at.
        orders: Yours, sent from here; `other_orders` were sent from elsewhere and left alone.
        found_fills: Fills that nothing had told of before; they count from now on.
        settled_orders: Orders whose state here was another until then.
        unsettled: Symbols that traded all the while, or have an order in doubt: not judged.
        acknowledged_at: When you said that you know of the differences.
    """

    at: datetime
    since: datetime
    orders: int
    fills: int
    positions: int
    other_orders: int
    found_fills: int
    settled_orders: int
    unsettled: list[str]
    differences: list[DifferenceBody]
    acknowledged_at: datetime | None


class NotComparedBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why the newest comparison did not come about; `retries`: it is tried again by itself."""

    at: datetime
    code: str
    retries: bool


class ComparisonBody(msgspec.Struct, frozen=True, kw_only=True):
    """How one account's comparisons stand: the last one, and a failure after it."""

    account_id: UUID
    comparison: ComparedBody | None
    failure: NotComparedBody | None


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which comparison's differences are known: `at` is its own."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]


@get(
    "/api/comparisons",
    guards=[needs("read")],
    tags=_TAGS,
    summary="List comparisons of accounts with their venues",
    opt=PLAIN_LIST,
)
async def list_comparisons(
    ports: PortsGiven, principal: Caller, span: SpanGiven
) -> Page[ComparisonBody]:
    """Return the last comparison of each account, one a day; an account without any is left out."""
    rows = await ports.store.comparisons.latest(principal.user_id)
    return page_in_memory(rows, span, key=_key, show=comparison_body)


@post(
    "/api/comparisons/{account_id:uuid}/acknowledge",
    guards=[needs("trade")],
    status_code=204,
    tags=_TAGS,
    summary="Say that an account's differences are known",
)
async def acknowledge(
    ports: PortsGiven,
    principal: Caller,
    doer: DoerGiven,
    account_id: IdInPath,
    data: JSONBody[Acknowledgement],
) -> None:
    """Note that you know why the venue differs; it is told again once the difference changes.

    Nothing is traded or corrected by it. 409 `changed_meanwhile` where the account's last
    comparison is another one by now.
    """
    user, deed = principal.user_id, doer.does("account.acknowledge")
    account = await own_account(ports, user, account_id)
    at = values.instant("at", data.at)
    if not await ports.store.comparisons.acknowledge(user, account.id, at, deed=deed):
        message = "This is not the account's last comparison."
        hint = "Read it again with GET /api/comparisons."
        raise ApiError(409, "changed_meanwhile", message, field="at", hint=hint)


def comparison_body(row: LatestComparison) -> ComparisonBody:
    """Print how an account's comparisons stand."""
    return ComparisonBody(
        account_id=row.account_id,
        comparison=row.comparison and _compared(row.comparison, row.acknowledged_at),
        failure=row.failure and _not_compared(row.failure),
    )


def _compared(found: Comparison, acknowledged_at: datetime | None) -> ComparedBody:
    return ComparedBody(
        at=found.at,
        since=found.since,
        orders=found.orders,
        fills=found.fills,
        positions=found.positions,
        other_orders=found.other_orders,
        found_fills=found.found_fills,
        settled_orders=found.settled_orders,
        unsettled=list(found.unsettled),
        differences=[_difference(each) for each in found.differences],
        acknowledged_at=acknowledged_at,
    )


def _difference(each: Difference) -> DifferenceBody:
    match each:
        case PositionDiffers():
            return DifferenceBody(
                kind="position",
                symbols=list(each.symbols),
                order_id=None,
                recorded=format(each.recorded, "f"),
                at_venue=format(each.at_venue, "f"),
            )
        case OrderDiffers():
            return DifferenceBody(
                kind="order",
                symbols=[each.symbol],
                order_id=each.order_id,
                recorded=each.recorded.value,
                at_venue=each.at_venue.value,
            )


def _not_compared(failure: NotCompared) -> NotComparedBody:
    return NotComparedBody(at=failure.at, code=failure.code, retries=not failure.is_hopeless)


def _key(row: LatestComparison) -> tuple[datetime, str]:
    newest = row.failure or row.comparison
    if newest is None:
        raise ValueError(row.account_id)
    return newest.at, str(row.account_id)


ROUTES = (list_comparisons, acknowledge)
