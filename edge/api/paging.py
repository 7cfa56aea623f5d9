"""Which part of a list is asked for, and the cursor of the next."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from bus.values import AccountId, SignalId, StrategyId
from edge.api.shapes import Page
from edge.errors import ApiError
from handlers.views import Filter, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from enum import StrEnum

T = TypeVar("T")
S = TypeVar("S")
Key = tuple[datetime, str]

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many, newest first.")]
Cursor = Annotated[
    str | None, QueryParameter(max_length=200, description="`next_cursor` of the page before.")
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

_DECODER = msgspec.msgpack.Decoder(Key)


def read_span(limit: Limit = 50, cursor: Cursor = None) -> Span:
    """Read which part of the list is asked for.

    Raises:
        ApiError: 400 where the cursor is none of ours.
    """
    return Span(limit=limit, before=None if cursor is None else _decode(cursor))


def read_filter(
    *,
    account_id: AccountQuery = None,
    strategy_id: StrategyQuery = None,
    signal_id: SignalQuery = None,
    symbol: SymbolQuery = None,
    in_state: StateQuery = None,
) -> Filter:
    """Read what the list is narrowed to."""
    return Filter(
        account_id=None if account_id is None else AccountId(account_id),
        strategy_id=None if strategy_id is None else StrategyId(strategy_id),
        signal_id=None if signal_id is None else SignalId(signal_id),
        symbol=None if symbol is None else symbol.upper(),
        state=in_state,
    )


def require_state(where: Filter, known: type[StrEnum]) -> None:
    """Refuse a state that nothing in this list can be in.

    Raises:
        ApiError: 400, naming the states there are.
    """
    if where.state is not None and where.state not in frozenset(known):
        states = ", ".join(known)
        raise ApiError(400, "invalid_field", f"state is one of {states}.", field="state")


def one_more(span: Span) -> Span:
    """Ask for one row more than is shown, to know whether there is a next page."""
    return msgspec.structs.replace(span, limit=span.limit + 1)


def page_of(
    rows: Sequence[S], span: Span, *, key: Callable[[S], Key], show: Callable[[S], T]
) -> Page[T]:
    """Print the rows that `one_more` brought."""
    shown = rows[: span.limit]
    has_more = len(rows) > span.limit and bool(shown)
    return Page(
        items=[show(row) for row in shown],
        next_cursor=_encode(key(shown[-1])) if has_more else None,
    )


def page_in_memory(
    rows: Sequence[S], span: Span, *, key: Callable[[S], Key], show: Callable[[S], T]
) -> Page[T]:
    """Print a part of a list that is short enough to be read whole."""
    ordered = sorted(rows, key=key, reverse=True)
    before = span.before
    if before is not None:
        ordered = [row for row in ordered if key(row) < before]
    return page_of(ordered[: span.limit + 1], span, key=key, show=show)


def _encode(key: Key) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(key)).rstrip(b"=").decode("ascii")


def _decode(cursor: str) -> Key:
    try:
        packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, row = _DECODER.decode(packed)
    except (ValueError, msgspec.MsgspecError) as error:
        raise _bad_cursor() from error
    if at.tzinfo is None or "\0" in row:
        raise _bad_cursor()
    return at, row


def _bad_cursor() -> ApiError:
    return ApiError(
        400, "invalid_cursor", "The cursor is none that this list gave.", field="cursor"
    )
