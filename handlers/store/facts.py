"""What the audit log tells of accounts, strategies and orders: the same words from every record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.records.accounts import Account, Strategy
    from handlers.records.comparison import Comparison
    from handlers.records.orders import Order
    from handlers.records.symbols import SymbolOverride


def account_facts(account: Account) -> dict[str, Any]:
    """Return how an account was made; nothing of its credentials is among it."""
    return {
        "name": account.name,
        "broker": account.broker,
        "mode": account.mode.value,
        "state": account.state.value,
    }


def credentials_facts(hint: str, *, is_other: bool = False) -> dict[str, Any]:
    """Return what is told of credentials: the end of the key's public name, as its owner sees.

    `is_other`: the user said that they may be of another account at the venue.
    """
    return {"hint": hint, "other_account": True} if is_other else {"hint": hint}


def strategy_facts(strategy: Strategy) -> dict[str, Any]:
    """Return how a strategy was made; nothing of its token is among it."""
    return {
        "name": strategy.name,
        "state": strategy.state.value,
        "mode": strategy.mode.value,
        "accounts": [str(account) for account in strategy.accounts],
        "default_quantity": _plain(strategy.default_quantity),
        "dedupe_window_s": strategy.dedupe_window_s,
        "settings": msgspec.to_builtins(strategy.settings),
    }


def strategy_change(old: Strategy, new: Strategy) -> dict[str, dict[str, Any]]:
    """Return what of a strategy became different, as it was and as it is."""
    before, after = strategy_facts(old), strategy_facts(new)
    changed = [name for name in after if before[name] != after[name]]
    return {
        "before": {name: before[name] for name in changed},
        "after": {name: after[name] for name in changed},
    }


def override_facts(override: SymbolOverride) -> dict[str, Any]:
    """Return what a chart's symbol was made to mean."""
    return {
        "chart": override.chart,
        "broker": override.broker,
        "account_id": None if override.account_id is None else str(override.account_id),
        "symbol": override.symbol,
        "crosses": override.crosses,
    }


def order_facts(order: Order) -> dict[str, Any]:
    """Return what an order by hand asks for; SQL's `record_manual_told` says the same."""
    return {
        "account_id": str(order.account_id),
        "symbol": order.symbol,
        "side": None if order.side is None else order.side.value,
        "quantity": _plain(order.quantity),
        "order_type": order.order_type.value,
        "limit_price": _plain(order.limit_price),
        "stop_price": _plain(order.stop_price),
        "reduce_only": order.reduce_only,
    }


def comparison_facts(comparison: Comparison) -> dict[str, Any]:
    """Return which differences of which comparison somebody says they know of."""
    told: dict[str, Any] = msgspec.to_builtins(comparison)
    return {"at": told["at"], "differences": told["differences"]}


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
