"""How strategies are asked for and shown, and what may be set on one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from bus.ids import uuid7
from bus.values import AccountId, Mode, StrategyId, UserId
from edge.api import values
from edge.api.shapes import plain
from edge.errors import ApiError
from handlers.records.accounts import Strategy, StrategySettings, StrategyState
from handlers.records.sizing_rules import DriftPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.records.accounts import Account

_WINDOWS = (0, 5, 30, 60)
_MOST_ACCOUNTS = 20


class NewStrategy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A strategy to be made.

    Attributes:
        mode: `live` may only be asked for where every account is live.
        default_quantity: What an entry trades that names no quantity.
        dedupe_window_s: Within it, an alert without a time is a repetition: 0 (off), 5, 30 or 60.
    """

    name: str
    accounts: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=_MOST_ACCOUNTS)]
    mode: Mode = Mode.PAPER
    default_quantity: Decimal | None = None
    dedupe_window_s: int = 30


class SettingsBody(msgspec.Struct, frozen=True, kw_only=True):
    """How a strategy's alerts are carried out.

    Attributes:
        follows: True takes quantities as sent even where position sizes are given; false syncs to
            the sizes.
        drift: What to do when the position that an alert starts from is not the real one.
        entry_ttl_s: Entries older than this never execute.
        exit_ttl_s: Exits and cancels older than this never execute.
        strict_time: Freshness is judged by bar times too.
    """

    follows: bool
    drift: DriftPolicy
    entry_ttl_s: int
    exit_ttl_s: int
    strict_time: bool


class StrategyBody(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy. `webhook_url` holds its token in the replies to create and rotate only.

    Attributes:
        revision: Counts the changes of what is set here; a change names the one that it has read.
    """

    id: UUID
    name: str
    state: StrategyState
    mode: Mode
    accounts: list[UUID]
    default_quantity: str | None
    dedupe_window_s: int
    settings: SettingsBody
    revision: int
    webhook_url: str
    created_at: datetime | None


def strategy_body(strategy: Strategy, shown_url: str) -> StrategyBody:
    """Print a strategy."""
    return StrategyBody(
        id=strategy.id,
        name=strategy.name,
        state=strategy.state,
        mode=strategy.mode,
        accounts=list(strategy.accounts),
        default_quantity=plain(strategy.default_quantity),
        dedupe_window_s=strategy.dedupe_window_s,
        settings=settings_body(strategy.settings),
        revision=strategy.revision,
        webhook_url=shown_url,
        created_at=strategy.created_at,
    )


def settings_body(settings: StrategySettings) -> SettingsBody:
    """Print settings."""
    return SettingsBody(
        follows=settings.follows,
        drift=settings.drift,
        entry_ttl_s=settings.entry_ttl_s,
        exit_ttl_s=settings.exit_ttl_s,
        strict_time=settings.strict_time,
    )


def read_wish(user: UserId, data: NewStrategy, own: Iterable[Account]) -> Strategy:
    """Return the strategy that is asked for, new and active.

    Raises:
        ApiError: 400 or 404 with the field's name.
    """
    known = {account.id: account for account in own}
    accounts = tuple(dict.fromkeys(AccountId(account) for account in data.accounts))
    for account in accounts:
        if account not in known:
            raise ApiError(
                404, "not_found", f"There is no account {account} of yours.", field="accounts"
            )
        if data.mode is Mode.LIVE and known[account].mode is not Mode.LIVE:
            message = "A live strategy may reach live accounts only."
            raise ApiError(400, "invalid_mode", message, field="mode")
    if data.dedupe_window_s not in _WINDOWS:
        message = f"dedupe_window_s is one of {', '.join(map(str, _WINDOWS))}."
        raise ApiError(400, "invalid_field", message, field="dedupe_window_s")
    quantity = data.default_quantity
    if quantity is not None:
        quantity = values.positive("default_quantity", quantity, code="invalid_quantity")
    return Strategy(
        id=StrategyId(uuid7()),
        user_id=user,
        name=values.name("name", data.name),
        state=StrategyState.ACTIVE,
        mode=data.mode,
        accounts=accounts,
        default_quantity=quantity,
        dedupe_window_s=data.dedupe_window_s,
    )
