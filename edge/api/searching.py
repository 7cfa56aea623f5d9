"""What a trader looks an order up by: a part of time, and any of the ids it is known by."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar.params import QueryParameter

from edge.api import values
from edge.errors import ApiError
from handlers.planning.client_ids import order_ids_of
from handlers.records.views import Sought

SHORTEST_BEGINNING = 8
_TEXT = re.compile(r"[!-~]{1,64}")
_HEXADECIMAL = re.compile(r"[0-9a-f]{1,32}")
_UUID_DIGITS = 32
# As Gate shows our ids.
_AT_GATE = "t-"

SinceQuery = Annotated[
    str | None,
    QueryParameter(
        name="from",
        schema_extra={"format": "date-time"},
        description="Recorded then or later: RFC 3339, with its distance from UTC.",
    ),
]
UntilQuery = Annotated[
    str | None,
    QueryParameter(
        name="to",
        schema_extra={"format": "date-time"},
        description="Recorded before that, likewise.",
    ),
]
SearchQuery = Annotated[
    str | None,
    QueryParameter(
        description="The order's id, the alert's, ours at the venue or the venue's own; "
        f"{SHORTEST_BEGINNING} characters or more are the beginning of one.",
    ),
]


def read_span_of_time(
    since: str | None, until: str | None
) -> tuple[datetime | None, datetime | None]:
    """Read from when on and until when orders are looked for.

    Raises:
        ApiError: 400 with the field's name.
    """
    first, end = _instant("from", since), _instant("to", until)
    if first is not None and end is not None and end <= first:
        raise ApiError(400, "invalid_time", "to is no later than from.", field="to")
    return first, end


def read_search(text: str | None) -> Sought | None:
    """Read which orders an id means.

    Raises:
        ApiError: 400 where it is none.
    """
    if text is None:
        return None
    asked = text.strip()
    if not _TEXT.fullmatch(asked):
        message = "search is an id: 1 to 64 characters without a space."
        raise ApiError(400, "invalid_field", message, field="search")
    is_beginning = len(asked) >= SHORTEST_BEGINNING
    own = _own_ids(asked.lower()) if is_beginning else None
    ours = order_ids_of(asked.removeprefix(_AT_GATE)) if is_beginning else None
    return Sought(
        order_ids=own or ours,
        signal_ids=own,
        venue_ids=(asked, _after(asked, is_beginning=is_beginning)),
    )


def _own_ids(text: str) -> tuple[UUID, UUID] | None:
    """Return the UUIDs that begin so; they are written with dashes or without."""
    digits = text.replace("-", "")
    if not _HEXADECIMAL.fullmatch(digits) or len(digits) < SHORTEST_BEGINNING:
        return None
    first, last = (UUID(digits.ljust(_UUID_DIGITS, filling)) for filling in ("0", "f"))
    return (first, last) if str(first).startswith(text) or text == digits else None


def _after(text: str, *, is_beginning: bool) -> str:
    """Return the text before which all stand that begin so, or that one alone.

    No id has a space in it, which is less than all that ids are made of.
    """
    return text[:-1] + chr(ord(text[-1]) + 1) if is_beginning else text + " "


def _instant(field: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ApiError(
            400,
            "invalid_time",
            f"{field} is no time with its distance from UTC.",
            field=field,
            hint="Send it as 2026-11-23T00:00:00Z, or as 2026-11-23T08:00:00%2B08:00.",
        )
    return values.instant(field, at)
