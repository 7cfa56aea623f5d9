"""What is listed: stocks with their day's limits, and futures by month with their aliases."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_STOCK_UNIT = 1000
_LIMIT = Decimal("0.1")
_MONTHS = ("C6", "D6", "E6")
_INDEX_FUTURES = {"TXF": 200, "MXF": 50, "TMF": 10}


@dataclass
class Contract:
    """One thing that can be traded.

    Attributes:
        target: What a continuous alias stands for today.
        multiplier: Dollars per point, of futures.
    """

    code: str
    security_type: str
    exchange: str
    reference: Decimal
    tick: Decimal
    target: str | None = None
    root: str | None = None
    multiplier: int = 1
    is_suspended: bool = False
    margin: Decimal = Decimal(0)

    @property
    def limits(self) -> tuple[Decimal, Decimal]:
        """The day's least and highest price."""
        room = self.reference * _LIMIT
        return self.reference - room, self.reference + room

    @property
    def unit(self) -> int:
        """How many shares a lot has."""
        return _STOCK_UNIT if self.security_type == "STK" else 1

    def base(self) -> dict[str, Any]:
        """Return what `contracts.get` tells."""
        return {
            "security_type": self.security_type,
            "exchange": self.exchange,
            "code": self.code,
            "target_code": self.target,
            "region": "TW",
        }

    def info(self) -> dict[str, Any]:
        """Return what `contracts.info` tells."""
        low, high = self.limits
        told = {
            **self.base(),
            "name": self.code,
            "reference": float(self.reference),
            "limit_up": float(high),
            "limit_down": float(low),
        }
        if self.security_type == "STK":
            return {**told, "unit": float(self.unit), "trading_suspended": self.is_suspended}
        return {
            **told,
            "root": self.root,
            "multiplier": float(self.multiplier),
            "tick": float(self.tick),
            "tick_rule": f"{self.root}-TICK",
        }


@dataclass
class Listed:
    """All contracts, by code."""

    by_code: dict[str, Contract] = field(default_factory=dict[str, Contract])

    def list_stock(self, code: str, reference: Decimal, tick: Decimal) -> Contract:
        """List a stock."""
        contract = Contract(code, "STK", "TSE", reference, tick)
        self.by_code[code] = contract
        return contract

    def list_futures(self, root: str, reference: Decimal) -> None:
        """List the next two months of an index future, and the aliases R1 and R2."""
        for n, month in enumerate(_MONTHS[:2], start=1):
            self._list_future(root, month, reference)
            self._list_future(root, f"R{n}", reference, target=f"{root}{month}")

    def roll(self, root: str, *, is_over: bool = True) -> None:
        """Lead the aliases one month on; the month that was near is over, or trades for a while."""
        reference = self.by_code[f"{root}R1"].reference
        first, second, third = _MONTHS
        self._list_future(root, third, reference)
        self.by_code[f"{root}R1"].target = f"{root}{second}"
        self.by_code[f"{root}R2"].target = f"{root}{third}"
        if is_over:
            del self.by_code[f"{root}{first}"]

    def _list_future(
        self, root: str, name: str, reference: Decimal, *, target: str | None = None
    ) -> None:
        self.by_code[f"{root}{name}"] = Contract(
            f"{root}{name}",
            "FUT",
            "TAIFEX",
            reference,
            Decimal(1),
            target=target,
            root=root,
            multiplier=_INDEX_FUTURES[root],
            margin=Decimal(1000) * _INDEX_FUTURES[root],
        )

    def list_everything(self) -> None:
        """List what tests and demonstrations trade."""
        self.list_stock("2330", Decimal(600), Decimal(1))
        self.list_stock("0050", Decimal(180), Decimal("0.05"))
        self.list_stock("2884", Decimal(25), Decimal("0.05"))
        for root in _INDEX_FUTURES:
            self.list_futures(root, Decimal(20_000))

    def traded(self, code: str) -> Contract | None:
        """Return what is traded under a code: an alias leads to its month."""
        contract = self.by_code.get(code)
        if contract is not None and contract.target is not None:
            return self.by_code[contract.target]
        return contract
