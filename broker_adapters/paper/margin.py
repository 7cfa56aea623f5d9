"""What an account is worth, and what of it is still free to open positions with."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from broker_adapters.base import Balance, Position, Working
from broker_adapters.paper.answers import Holdings
from broker_adapters.paper.book import closable
from broker_adapters.paper.market import Draft
from broker_adapters.paper.money import fee_on, product, quotient, rounded, total

if TYPE_CHECKING:
    from broker_adapters.paper.market import Market
    from broker_adapters.paper.rows import HoldingRow, PaperOrder
    from bus.values import AccountId

_ZERO = Decimal(0)


def equity(draft: Draft, account: AccountId) -> Decimal:
    """Return the account's cash and what its holdings would bring at the last prices."""
    worth = (
        product(draft.holding(account, symbol).quantity, _mark(draft, account, symbol))
        for symbol in draft.held_symbols(account)
    )
    return total(draft.account(account).cash, *worth)


def available(draft: Draft, account: AccountId) -> Decimal:
    """Return the equity that no holding and no working order binds."""
    leverage = draft.account(account).options.leverage
    bound = _ZERO
    for symbol in draft.held_symbols(account):
        held = abs(draft.holding(account, symbol).quantity)
        bound = total(bound, product(held, _mark(draft, account, symbol)))
    needs = (needed(draft, order) for order in draft.working(account))
    taken = total(quotient(bound, leverage), *needs)
    return total(equity(draft, account), taken.copy_negate())


def needed(draft: Draft, order: PaperOrder) -> Decimal:
    """Return what an order binds: the margin of the part that opens, and the fee of all of it."""
    price = _worst_price(draft, order) or _ZERO
    options = draft.account(order.account_id).options
    margin = quotient(product(opening(draft, order), price), options.leverage)
    return total(margin, fee_on(order.remaining, price, options.fee_rate))


def opening(draft: Draft, order: PaperOrder) -> Decimal:
    """Return how much of what remains of an order would open or enlarge a position."""
    if order.reduce_only:
        return _ZERO
    return max(_ZERO, order.remaining - closable(draft, order))


def holdings(market: Market, account: AccountId) -> Holdings | None:
    """Return what an account holds, by symbol, its equity, what is free of it, and what works."""
    if account not in market.accounts:
        return None
    draft = Draft(market)
    free = max(_ZERO, available(draft, account))
    money = Balance(
        currency=draft.account(account).options.currency,
        total=rounded(equity(draft, account)),
        available=rounded(free),
    )
    rows = sorted(market.holdings.values(), key=lambda row: row.symbol)
    mine = tuple(_position(draft, row) for row in rows if row.account_id == account)
    working = tuple(
        Working(symbol=order.symbol, side=order.side, left=order.remaining)
        for order in draft.working(account)
    )
    return Holdings(positions=mine, balance=money, working=working)


def _position(draft: Draft, row: HoldingRow) -> Position:
    holding = draft.holding(row.account_id, row.symbol)
    worth = product(holding.quantity, _mark(draft, row.account_id, row.symbol))
    return Position(
        symbol=row.symbol,
        quantity=holding.quantity,
        average_price=holding.average_price,
        last_price=draft.price(row.symbol),
        unrealised_pnl=rounded(total(worth, holding.cost.copy_negate())),
        updated_at=row.updated_at,
    )


def _mark(draft: Draft, account: AccountId, symbol: str) -> Decimal:
    """Return the price a holding is valued at; every fill had one, so the fall-back is rare."""
    price = draft.price(symbol)
    return draft.holding(account, symbol).average_price if price is None else price


def _worst_price(draft: Draft, order: PaperOrder) -> Decimal | None:
    if order.limit_price is not None:
        return order.limit_price
    return order.stop_price if order.is_waiting else draft.price(order.symbol)
