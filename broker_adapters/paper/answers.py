"""What the paper venue answers."""

from __future__ import annotations

from datetime import datetime

import msgspec

from broker_adapters.base import Balance, Fill, OrderReport, Position, Reason, Working


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """The account is open; changes are told from this version on."""

    version: int
    at: datetime


class Placed(msgspec.Struct, frozen=True, kw_only=True, tag="placed"):
    """The order exists. `moved_others`: its price moved other orders, too."""

    report: OrderReport
    version: int
    moved_others: bool


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """Nothing was done, and why."""

    reason: Reason
    message: str


class Twice(msgspec.Struct, frozen=True, kw_only=True, tag="twice"):
    """The account has an order of this client id already; nothing was done."""

    report: OrderReport


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """The order no longer works; `was_final` if it did not before either."""

    report: OrderReport
    was_final: bool


class Found(msgspec.Struct, frozen=True, kw_only=True, tag="found"):
    """The order, or that there is none."""

    report: OrderReport | None


class Changes(msgspec.Struct, frozen=True, kw_only=True, tag="changes"):
    """What changed, and up to which version that is all.

    Attributes:
        reports: The orders as they are now, with their fills after the version asked about.
        versions: When each of them last changed.
        has_working: Whether any order of the account works, so that more may come by itself.
    """

    version: int
    reports: tuple[OrderReport, ...]
    versions: tuple[int, ...]
    has_working: bool


class Orders(msgspec.Struct, frozen=True, kw_only=True, tag="orders"):
    """Orders, oldest first."""

    reports: tuple[OrderReport, ...]


class Fills(msgspec.Struct, frozen=True, kw_only=True, tag="fills"):
    """Fills, oldest first."""

    fills: tuple[Fill, ...]


class Holdings(msgspec.Struct, frozen=True, kw_only=True, tag="holdings"):
    """Positions, money and what works, at one version of the market."""

    positions: tuple[Position, ...]
    balance: Balance
    working: tuple[Working, ...]


class PriceSet(msgspec.Struct, frozen=True, kw_only=True, tag="price_set"):
    """The price is set; so many orders moved."""

    version: int
    moved: int


AnyAnswer = (
    Opened
    | Placed
    | Refused
    | Twice
    | Ended
    | Found
    | Changes
    | Orders
    | Fills
    | Holdings
    | PriceSet
)
