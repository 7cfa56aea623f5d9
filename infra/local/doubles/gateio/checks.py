"""What both markets check of an order before they take it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from infra.local.doubles.gateio.book import Book
    from infra.local.doubles.gateio.records import Order

_TEXT = re.compile(r"t-[0-9A-Za-z_.-]{1,28}")
_TIFS = frozenset({"gtc", "ioc", "poc", "fok"})


def text_of(body: dict[str, Any]) -> str:
    """Return an order's text; Gate names the others for how they came."""
    text = body.get("text")
    if text is None:
        return "apiv4"
    if not isinstance(text, str) or _TEXT.fullmatch(text) is None:
        raise Refused("INVALID_PARAM_VALUE", "Invalid text")
    return text


def decimal_of(body: dict[str, Any], name: str) -> Decimal:
    """Return a number that must be there, as text or whole number: never a broken one."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused("INVALID_PARAM_VALUE", f"Invalid {name}")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise Refused("INVALID_PARAM_VALUE", f"Invalid {name}") from error
    if not number.is_finite():
        raise Refused("INVALID_PARAM_VALUE", f"Invalid {name}")
    return number


def tif_of(value: object, *, is_market: bool) -> str:
    """Return how long an order lasts."""
    tif = str(value or ("ioc" if is_market else "gtc"))
    if tif not in _TIFS or (is_market and tif not in {"ioc", "fok"}):
        raise Refused("INVALID_PARAM_VALUE", f"Invalid time in force {tif}")
    return tif


def check_precision(number: Decimal, step: Decimal, name: str) -> None:
    """Refuse a number that is not on its step."""
    if number % step:
        raise Refused("INVALID_PRECISION", f"Invalid {name} precision")


def check_book(order: Order, book: Book, *, poc: str, fok: str) -> None:
    """Refuse what may only rest and would not, and what may only fill whole and would not."""
    depth = book.depth(buys=order.buys, limit=order.limit)
    if order.tif == "poc" and (depth is None or depth > 0):
        raise Refused(poc)
    if order.tif == "fok" and depth is not None and depth < order.size:
        raise Refused(fok)
