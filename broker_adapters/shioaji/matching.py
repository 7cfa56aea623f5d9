"""Recognising an order at a venue that takes no client order id. Pure.

Three marks: a tag of six characters made of our id, which shares keep everywhere and futures may
lose; what the order is; and when it came. A tag that is there decides, one that is not leaves the
rest, which must then fit one order alone: of two alike nobody can say which is ours.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broker_adapters.shioaji.mapping import Lot, trading_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_adapters.shioaji.book import Entry
    from broker_adapters.shioaji.legs import Leg

TAG_LENGTH = 6
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# The record's clock, ours and SinoPac's are three.
_EARLY = timedelta(seconds=5)
# An order may be sent for two seconds, and come half a minute later.
_LATE = timedelta(seconds=40)
# A tag is ours, but for one order in two thousand million: there the clocks may differ more.
_EARLY_WITH_TAG = timedelta(minutes=10)


def tag_of(client_order_id: str) -> str:
    """Return the custom field of an order: always the same for one client order id."""
    digest = hashlib.blake2s(client_order_id.encode(), digest_size=8).digest()
    number, letters = int.from_bytes(digest), ""
    for _ in range(TAG_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        letters += _DIGITS[digit]
    return letters


def fitting(
    leg: Leg, entries: Iterable[Entry], *, tag: str, sent_at: datetime
) -> tuple[Entry, ...]:
    """Return the orders that may be this leg of ours: none, the one, or too many to tell."""
    alike = [entry for entry in entries if _is_alike(leg, entry)]
    tagged = [entry for entry in alike if entry.tag == tag and _is_of_that_day(entry, sent_at)]
    if tagged or leg.lot is not Lot.CONTRACT:
        return tuple(tagged)
    untagged = (entry for entry in alike if entry.is_listed and not entry.tag)
    return tuple(
        entry for entry in untagged if _is_the_same(leg, entry) and _is_in_time(entry, sent_at)
    )


def _is_alike(leg: Leg, entry: Entry) -> bool:
    """Tell what even a changed order keeps."""
    sight = entry.sight
    return (sight.code, sight.side, sight.lot) == (leg.code, leg.side, leg.lot)


def _is_the_same(leg: Leg, entry: Entry) -> bool:
    """Tell whether it is the same order in all that was written."""
    sight = entry.sight
    if sight.quantity != leg.quantity:
        return False
    if not leg.price_type:
        return True
    is_priced = leg.price_type == "LMT"
    return sight.price_type == leg.price_type and (not is_priced or sight.price == leg.price)


def _is_in_time(entry: Entry, sent_at: datetime) -> bool:
    return sent_at - _EARLY <= entry.sight.created_at <= sent_at + _LATE


def _is_of_that_day(entry: Entry, sent_at: datetime) -> bool:
    created = entry.sight.created_at
    is_after = created >= sent_at - _EARLY_WITH_TAG
    return is_after and trading_day(created) == trading_day(sent_at)
