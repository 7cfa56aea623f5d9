"""Pages and their cursors."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge.api.paging import ListSpan, one_more, page_in_memory, page_of, span_of
from edge.errors import ApiError

Row = tuple[datetime, str]
START = datetime(2026, 11, 23, tzinfo=UTC)


def rows(count: int) -> list[Row]:
    return [(START + timedelta(seconds=n), f"{n:03}") for n in range(count)]


def show(row: Row) -> str:
    return row[1]


def itself(row: Row) -> Row:
    return row


def test_last_page_has_no_cursor() -> None:
    page = page_in_memory(rows(3), ListSpan(limit=3), key=itself, show=show)

    assert (page.items, page.next_cursor) == (["002", "001", "000"], None)


def test_pages_together_hold_each_row_once_newest_first() -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = page_in_memory(rows(7), span_of("/a", 3, cursor), key=itself, show=show)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == [f"{n:03}" for n in reversed(range(7))]


def test_one_more_row_is_asked_for_and_not_shown() -> None:
    span = ListSpan(limit=2)
    newest = sorted(rows(3), reverse=True)

    page = page_of(newest, span, key=itself, show=show)

    assert one_more(span).limit == 3
    assert page.items == ["002", "001"]
    assert page.next_cursor is not None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "zz",
        "AAAA",
        "é",
        "A" * 5000,
        urlsafe_b64encode(msgspec.msgpack.encode(["/b", START, "a"])).decode(),
        urlsafe_b64encode(msgspec.msgpack.encode(["/a", datetime(2026, 1, 1), "x"])).decode(),  # noqa: DTZ001 - that is what is wrong with it
        urlsafe_b64encode(msgspec.msgpack.encode(["/a", START, "a\0b"])).decode(),
        urlsafe_b64encode(msgspec.msgpack.encode(["/a", START, "a"]) + b"more").decode(),
    ],
)
def test_cursor_that_no_list_gave_is_400(cursor: str) -> None:
    with pytest.raises(ApiError) as raised:
        span_of("/a", 50, cursor)

    assert (raised.value.status, raised.value.code) == (400, "invalid_cursor")
