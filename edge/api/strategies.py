"""Strategies: where alerts come in, and which accounts they reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from bus.values import Mode, StrategyId, UserId
from edge.alerts.webhook_tokens import new_webhook_token, webhook_url
from edge.api.own import forget_everywhere, own_strategy
from edge.api.paging import PLAIN_LIST, SpanGiven, by_age, page_in_memory
from edge.api.shapes import Page
from edge.api.strategy_shapes import NewStrategy, StrategyBody, read_wish, strategy_body
from edge.door.doing import DoerGiven
from edge.door.guards import needs
from edge.door.step_up import require_second_factor, require_step_up, stepped_up
from edge.errors import not_found
from edge.given import Caller, IdInPath, PortsGiven
from edge.kept.recognition import hash_token
from handlers.records.accounts import StrategyState

if TYPE_CHECKING:
    from uuid import UUID

    from edge.ports import Ports
    from handlers.records.audit import Deed

_READ = [needs("read")]
_ADMIN = [needs("admin")]
_FRESH = [needs("admin"), stepped_up]
_TAGS = ["Strategies"]
_LONGEST_GRACE_S = 24 * 60 * 60


class Rotation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a token is replaced; the body may be left out.

    Attributes:
        grace_s: For how long the old token is good yet; 0 ends a leaked one now.
    """

    grace_s: Annotated[int, msgspec.Meta(ge=0, le=_LONGEST_GRACE_S)] = _LONGEST_GRACE_S


class RotatedBody(StrategyBody, frozen=True, kw_only=True):
    """A strategy with its new address; `old_token_until` says until when the old one is good."""

    old_token_until: datetime


@get("/api/strategies", guards=_READ, tags=_TAGS, summary="List strategies", opt=PLAIN_LIST)
async def list_strategies(
    ports: PortsGiven, principal: Caller, span: SpanGiven
) -> Page[StrategyBody]:
    """Return your strategies, newest first."""
    rows = await ports.store.catalogue.strategies(principal.user_id)
    shown = webhook_url(ports.settings.public_url)
    return page_in_memory(
        rows, span, key=by_age, show=lambda strategy: strategy_body(strategy, shown)
    )


@post("/api/strategies", guards=_ADMIN, tags=_TAGS, summary="Create a strategy")
async def create_strategy(
    ports: PortsGiven, doer: DoerGiven, principal: Caller, data: JSONBody[NewStrategy]
) -> StrategyBody:
    """Create a strategy; the reply alone shows its webhook's address whole."""
    if data.mode is Mode.LIVE:
        require_step_up(ports, principal)
    accounts = await ports.store.catalogue.accounts(principal.user_id)
    wanted = read_wish(principal.user_id, data, accounts)
    if wanted.mode is Mode.LIVE:
        await require_second_factor(ports, principal)
    token = new_webhook_token()
    strategy = await ports.store.catalogue.add_strategy(
        wanted,
        token_hash=hash_token(token),
        deed=doer.does("strategy.create"),
    )
    return strategy_body(strategy, webhook_url(ports.settings.public_url, token))


@post(
    "/api/strategies/{strategy_id:uuid}/pause",
    guards=_ADMIN,
    status_code=200,
    tags=_TAGS,
    summary="Pause a strategy",
)
async def pause_strategy(
    ports: PortsGiven, doer: DoerGiven, principal: Caller, strategy_id: IdInPath
) -> StrategyBody:
    """Answer the strategy's alerts 403 `strategy_paused` from now on."""
    deed = doer.does("strategy.pause")
    return await _set_state(ports, principal.user_id, strategy_id, StrategyState.PAUSED, deed)


@post(
    "/api/strategies/{strategy_id:uuid}/resume",
    guards=_FRESH,
    status_code=200,
    tags=_TAGS,
    summary="Resume a strategy",
)
async def resume_strategy(
    ports: PortsGiven, doer: DoerGiven, principal: Caller, strategy_id: IdInPath
) -> StrategyBody:
    """Take the strategy's alerts again."""
    strategy = await own_strategy(ports, principal.user_id, strategy_id)
    if strategy.mode is Mode.LIVE:
        await require_second_factor(ports, principal)
    deed = doer.does("strategy.resume")
    return await _set_state(ports, principal.user_id, strategy_id, StrategyState.ACTIVE, deed)


@post(
    "/api/strategies/{strategy_id:uuid}/rotate-token",
    guards=_FRESH,
    status_code=200,
    tags=_TAGS,
    summary="Give a strategy a new webhook token",
)
async def rotate_token(
    ports: PortsGiven,
    doer: DoerGiven,
    principal: Caller,
    strategy_id: IdInPath,
    data: JSONBody[Rotation | None] = None,
) -> RotatedBody:
    """Return a new address; the old one is good for `grace_s` more, by default 24 hours.

    A token that was replaced before ends now, whatever was said then.
    """
    token = new_webhook_token()
    until = ports.clock.now() + timedelta(seconds=(data or Rotation()).grace_s)
    old = await ports.store.catalogue.rotate_token(
        principal.user_id,
        StrategyId(strategy_id),
        token_hash=hash_token(token),
        old_until=until,
        deed=doer.does("strategy.rotate_token"),
    )
    if old is None:
        raise not_found("strategy")
    await forget_everywhere(ports, principal.user_id)
    strategy = await own_strategy(ports, principal.user_id, strategy_id)
    shown = strategy_body(strategy, webhook_url(ports.settings.public_url, token))
    return RotatedBody(**msgspec.structs.asdict(shown), old_token_until=until)


async def _set_state(
    ports: Ports, user: UserId, strategy_id: UUID, state: StrategyState, deed: Deed
) -> StrategyBody:
    wanted, catalogue = StrategyId(strategy_id), ports.store.catalogue
    if not await catalogue.set_strategy_state(user, wanted, state, deed=deed):
        raise not_found("strategy")
    await forget_everywhere(ports, user)
    strategy = await own_strategy(ports, user, strategy_id)
    return strategy_body(strategy, webhook_url(ports.settings.public_url))


ROUTES = (list_strategies, create_strategy, pause_strategy, resume_strategy, rotate_token)
