"""What is kept of symbols: how an order came by its own, and what a user maps by hand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from bus.values import AccountId, UserId


class MappedBy(StrEnum):
    """Who says what a chart's symbol is at the venue: the house's rule, or the user's override."""

    RULE = "rule"
    OVERRIDE = "override"


class SymbolMapping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an order came by its symbol; the order itself says what it came to.

    Attributes:
        chart: What the alert or the person named, `EXCHANGE:TICKER` where it names an exchange.
        crosses: An override leads from spot to a perpetual or back, as the user asked it to.
    """

    chart: str
    by: MappedBy
    crosses: bool = False


class SymbolOverride(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart's symbol means to one user, whatever the house's rule says.

    Attributes:
        broker: At whose accounts it holds.
        account_id: The only account that it holds for; `None`: for all of the broker's.
        exchange: The chart's exchange that it holds for; `None`: for whichever.
        ticker: The chart's symbol, upper case, without its exchange.
        symbol: The venue's own name of what is traded instead.
        crosses: It may lead from spot to a perpetual, or back.
    """

    id: UUID
    user_id: UserId
    broker: str
    account_id: AccountId | None
    exchange: str | None
    ticker: str
    symbol: str
    crosses: bool = False
    created_at: datetime | None = None

    @property
    def chart(self) -> str:
        """Return the chart's symbol as a person writes it."""
        return f"{self.exchange}:{self.ticker}" if self.exchange else self.ticker

    @property
    def scope(self) -> tuple[UserId, str, str, str | None, AccountId | None]:
        """Return what of each user there is one of."""
        return self.user_id, self.ticker, self.broker, self.exchange, self.account_id

    def means_as(self, other: SymbolOverride) -> bool:
        """Say whether two of the same scope come to the same."""
        return (self.symbol, self.crosses) == (other.symbol, other.crosses)
