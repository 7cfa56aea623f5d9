"""How a paper account trades: its money, fees, slippage and the depth of its market."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class PaperOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a paper account.

    Attributes:
        currency: What the account's money is called; every symbol is traded in it.
        deposit: The money the account is first opened with; later changes of it do nothing.
        leverage: How many times its money the account may hold, long or short.
        fee_rate: The fee as a share of what is traded, 0.0005 for 0.05 %.
        slippage: How much worse than the price a taker's fill is, as a share of the price.
        liquidity_per_tick: How much of a symbol can be traded at one price event, so that orders
            fill in parts; none is without limit.
    """

    currency: str = "USD"
    deposit: Decimal = Decimal(1_000_000)
    leverage: Decimal = Decimal(10)
    fee_rate: Decimal = Decimal(0)
    slippage: Decimal = Decimal(0)
    liquidity_per_tick: Decimal | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.currency) <= 16:
            msg = "currency is a name of 1 to 16 characters"
            raise ValueError(msg)
        for name in ("deposit", "leverage", "fee_rate", "slippage"):
            amount: Decimal = getattr(self, name)
            if not amount.is_finite() or amount < 0:
                msg = f"{name} is a number of zero or more"
                raise ValueError(msg)
        if not self.leverage or self.fee_rate >= 1 or self.slippage >= 1:
            msg = "leverage is above zero, fee_rate and slippage are shares below one"
            raise ValueError(msg)
        depth = self.liquidity_per_tick
        if depth is not None and not (depth.is_finite() and depth > 0):
            msg = "liquidity_per_tick is a number above zero"
            raise ValueError(msg)
