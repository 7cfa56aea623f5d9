"""Which part of a list is asked for, and the cursor of the next."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from litestar import Request  # noqa: TC002 - Litestar reads these annotations when it starts
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from bus.values import AccountId, SignalId, StrategyId
from edge.api.searching import (
    SearchQuery,
    SinceQuery,
    UntilQuery,
    read_search,
    read_span_of_time,
)
from edge.api.shapes import Page
from edge.errors import ApiError
from handlers.records.views import Filter, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from enum import StrEnum

T = TypeVar("T")
S = TypeVar("S")
Key = tuple[datetime, str]

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many, newest first.")]
Cursor = Annotated[
    str | None, QueryParameter(description="`next_cursor` of the page before, of this list.")
]
AccountQuery = Annotated[UUID | None, QueryParameter(description="Of this account only.")]
StrategyQuery = Annotated[UUID | None, QueryParameter(description="Of this strategy only.")]
SignalQuery = Annotated[UUID | None, QueryParameter(description="Of this alert only.")]
SymbolQuery = Annotated[
    str | None, QueryParameter(max_length=64, description="Of this symbol only.")
]
StateQuery = Annotated[
    str | None,
    QueryParameter(
        name="state",
        max_length=32,
        description="In this state only; for alerts, with this outcome.",
    ),
]

Cut = tuple[str, datetime, str]

_DECODER = msgspec.msgpack.Decoder(Cut)
_LONGEST_CURSOR = 300
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_ALERT_FILTERS = ("account_id", "strategy_id", "signal_id", "symbol", "state")
_ORDER_FILTERS = (*_ALERT_FILTERS, "from", "to", "search")
_FILL_FILTERS = ("account_id", "strategy_id", "signal_id", "symbol")
_POSITION_FILTERS = ("account_id", "symbol")


class ListSpan(Span, frozen=True, kw_only=True):
    """A part of one list; `of` is the list's address, since a cursor is good there alone."""

    of: str = ""


class HasAge(Protocol):
    """Whatever was made once; the earliest may not know when."""

    @property
    def id(self) -> UUID:
        """Return the id."""
        ...

    @property
    def created_at(self) -> datetime | None:
        """Return when it was made."""
        ...


SpanGiven = NamedDependency[SkipValidation[ListSpan]]


def read_span(
    request: Request[Any, Any, Any], limit: Limit = 50, cursor: Cursor = None
) -> ListSpan:
    """Read which part of the list is asked for.

    Raises:
        ApiError: 400 where the cursor is none that this list gave.
    """
    return span_of(request.scope["path"].rstrip("/"), limit, cursor)


def span_of(path: str, limit: int, cursor: str | None) -> ListSpan:
    """Return a part of the list at this address.

    Raises:
        ApiError: 400 where the cursor is none that this list gave.
    """
    return ListSpan(limit=limit, before=None if cursor is None else _decode(path, cursor), of=path)


def read_filter(
    *,
    account_id: AccountQuery = None,
    strategy_id: StrategyQuery = None,
    signal_id: SignalQuery = None,
    symbol: SymbolQuery = None,
    in_state: StateQuery = None,
) -> Filter:
    """Read what alerts are narrowed to."""
    return Filter(
        account_id=None if account_id is None else AccountId(account_id),
        strategy_id=None if strategy_id is None else StrategyId(strategy_id),
        signal_id=None if signal_id is None else SignalId(signal_id),
        symbol=None if symbol is None else symbol.upper(),
        state=in_state,
    )


def read_order_filter(  # noqa: PLR0913 - each is a parameter of the address
    *,
    account_id: AccountQuery = None,
    strategy_id: StrategyQuery = None,
    signal_id: SignalQuery = None,
    symbol: SymbolQuery = None,
    in_state: StateQuery = None,
    since: SinceQuery = None,
    until: UntilQuery = None,
    search: SearchQuery = None,
) -> Filter:
    """Read what orders are narrowed to.

    Raises:
        ApiError: 400 with the name of what is no time, or no id.
    """
    where = read_filter(
        account_id=account_id,
        strategy_id=strategy_id,
        signal_id=signal_id,
        symbol=symbol,
        in_state=in_state,
    )
    first, end = read_span_of_time(since, until)
    return msgspec.structs.replace(where, since=first, until=end, sought=read_search(search))


def read_fill_filter(
    *,
    account_id: AccountQuery = None,
    strategy_id: StrategyQuery = None,
    signal_id: SignalQuery = None,
    symbol: SymbolQuery = None,
) -> Filter:
    """Read what executions are narrowed to."""
    return read_filter(
        account_id=account_id, strategy_id=strategy_id, signal_id=signal_id, symbol=symbol
    )


def read_position_filter(*, account_id: AccountQuery = None, symbol: SymbolQuery = None) -> Filter:
    """Read what positions are narrowed to."""
    return read_filter(account_id=account_id, symbol=symbol)


# A list's route says with one of these which parameters it takes; any other is refused.
PLAIN_LIST: dict[str, Any] = {"takes": frozenset({"limit", "cursor"})}
ALERT_LIST: dict[str, Any] = {"takes": PLAIN_LIST["takes"] | set(_ALERT_FILTERS)}
ORDER_LIST: dict[str, Any] = {"takes": PLAIN_LIST["takes"] | set(_ORDER_FILTERS)}
FILL_LIST: dict[str, Any] = {"takes": PLAIN_LIST["takes"] | set(_FILL_FILTERS)}
POSITION_LIST: dict[str, Any] = {"takes": PLAIN_LIST["takes"] | set(_POSITION_FILTERS)}


def require_state(where: Filter, known: type[StrEnum]) -> None:
    """Refuse a state that nothing in this list can be in.

    Raises:
        ApiError: 400, naming the states there are.
    """
    if where.state is not None and where.state not in frozenset(known):
        states = ", ".join(known)
        raise ApiError(400, "invalid_field", f"state is one of {states}.", field="state")


def one_more(span: ListSpan) -> ListSpan:
    """Ask for one row more than is shown, to know whether there is a next page."""
    return msgspec.structs.replace(span, limit=span.limit + 1)


def page_of(
    rows: Sequence[S], span: ListSpan, *, key: Callable[[S], Key], show: Callable[[S], T]
) -> Page[T]:
    """Print the rows that `one_more` brought."""
    shown = rows[: span.limit]
    has_more = len(rows) > span.limit and bool(shown)
    return Page(
        items=[show(row) for row in shown],
        next_cursor=_encode(span.of, key(shown[-1])) if has_more else None,
    )


def page_in_memory(
    rows: Sequence[S], span: ListSpan, *, key: Callable[[S], Key], show: Callable[[S], T]
) -> Page[T]:
    """Print a part of a list that is short enough to be read whole."""
    ordered = sorted(rows, key=key, reverse=True)
    before = span.before
    if before is not None:
        ordered = [row for row in ordered if key(row) < before]
    return page_of(ordered[: span.limit + 1], span, key=key, show=show)


def by_age(row: HasAge) -> Key:
    """Return a row's place in a list that is ordered by when its rows were made."""
    return row.created_at or _BEGINNING, str(row.id)


def _encode(path: str, key: Key) -> str:
    packed = msgspec.msgpack.encode((path, *key))
    return urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def _decode(path: str, cursor: str) -> Key:
    if len(cursor) > _LONGEST_CURSOR:
        raise bad_cursor()
    try:
        packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        of, at, row = _DECODER.decode(packed)
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_cursor() from error
    if of != path or at.tzinfo is None or "\0" in row:
        raise bad_cursor()
    return at, row


def bad_cursor() -> ApiError:
    """Return the error for a cursor that no page of this list gave."""
    return ApiError(
        400, "invalid_cursor", "The cursor is none that this list gave.", field="cursor"
    )
