"""The whole double: both markets, who may trade there, and how it behaves."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from infra.local.doubles.gateio.clock import VirtualClock
from infra.local.doubles.gateio.faults import FaultPlan
from infra.local.doubles.gateio.limits import Limits
from infra.local.doubles.gateio.perpetual import Contract, Margin, PerpetualMarket
from infra.local.doubles.gateio.spot import Pair, SpotMarket

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bus.values import Clock

PRICES = {
    "BTC_USDT": Decimal(60_000),
    "ETH_USDT": Decimal(3_000),
    "SOL_USDT": Decimal(150),
}
_UNITS = {
    "BTC_USDT": Decimal("0.0001"),
    "ETH_USDT": Decimal("0.01"),
    "SOL_USDT": Decimal(1),
}
_USDT = Decimal(1_000_000)


class GateVenue:
    """A Gate of one's own.

    Attributes:
        secrets: The secret of each API key; a key is an account.
        users: Gate's number of each.
        forbidden: Keys that are refused, with the label.
        forbidden_paths: Keys that may not use paths with this in them.
    """

    def __init__(self, clock: Clock, *, seed: int = 1) -> None:
        self.clock = VirtualClock(clock)
        self.secrets: dict[str, str] = {}
        self.users: dict[str, int] = {}
        self.forbidden: dict[str, str] = {}
        self.forbidden_paths: dict[str, str] = {}
        self.spot = SpotMarket(self.clock)
        self.perpetual = PerpetualMarket(self.clock)
        self.limits = Limits(self.clock)
        self.faults = FaultPlan(seed)

    def list_everything(self, prices: Mapping[str, Decimal] = PRICES) -> None:
        """List the usual pairs in both markets, deep on both sides."""
        for name, price in prices.items():
            self.spot.pairs[name] = Pair(name=name)
            self.perpetual.contracts[name] = Contract(name=name, unit=_UNITS.get(name, Decimal(1)))
            self.spot.stand(name, price)
            self.perpetual.stand(name, price)

    def open_account(
        self, key: str, secret: str, *, spot: Decimal = _USDT, perpetual: Decimal = _USDT
    ) -> None:
        """Let a key trade, with this many USDT in either market; none is no futures account."""
        self.secrets[key] = secret
        self.users.setdefault(key, len(self.users) + 10_001)
        self.spot.coins[key] = {"USDT": spot}
        if perpetual:
            self.perpetual.accounts[key] = Margin(total=perpetual)

    def hide_orders(self, span: timedelta) -> None:
        """Show new orders only after a while."""
        for market in (self.spot, self.perpetual):
            market.ledger.hidden_for = span

    def placed(self, text: str) -> int:
        """Return how many orders there are of a text, in both markets."""
        ledgers = (self.spot.ledger, self.perpetual.ledger)
        return sum(order.text == text for ledger in ledgers for order in ledger.all())

    def posts(self, text: str) -> int:
        """Return how often a text was written."""
        return self.spot.ledger.posts[text] + self.perpetual.ledger.posts[text]
