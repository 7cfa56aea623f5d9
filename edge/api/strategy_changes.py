"""Changing what is set on a strategy: what is left out stays as it was."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
from litestar import patch
from litestar.params import JSONBody
from msgspec import UNSET, UnsetType

from bus.values import Mode
from edge.alerts.webhook_tokens import webhook_url
from edge.api.own import forget_everywhere, own_strategy
from edge.api.strategy_shapes import NewStrategy, StrategyBody, read_wish, strategy_body
from edge.door.doing import DoerGiven
from edge.door.guards import needs
from edge.door.step_up import require_second_factor, require_step_up
from edge.errors import ApiError, not_found
from edge.given import Caller, IdInPath, PortsGiven
from handlers.errors import ChangedMeanwhileError, NotFoundError
from handlers.records.sizing_rules import DriftPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.ports import Ports
    from handlers.records.access import Principal
    from handlers.records.accounts import Account, Strategy

Age = Annotated[int, msgspec.Meta(ge=1, le=24 * 60 * 60)]


class SettingsChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different of a strategy's settings; ages are in seconds."""

    follows: bool | UnsetType = UNSET
    drift: DriftPolicy | UnsetType = UNSET
    entry_ttl_s: Age | UnsetType = UNSET
    exit_ttl_s: Age | UnsetType = UNSET
    strict_time: bool | UnsetType = UNSET


class StrategyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different of a strategy; the rest stays.

    Attributes:
        revision: The one that was read: where it is another by now, nothing is changed.
        accounts: All that it shall reach.
    """

    revision: int
    name: str | UnsetType = UNSET
    accounts: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    default_quantity: Decimal | UnsetType | None = UNSET
    dedupe_window_s: int | UnsetType = UNSET
    settings: SettingsChange | UnsetType = UNSET


@patch(
    "/api/strategies/{strategy_id:uuid}",
    guards=[needs("admin")],
    tags=["Strategies"],
    summary="Change a strategy's settings",
)
async def change_strategy(
    ports: PortsGiven,
    doer: DoerGiven,
    principal: Caller,
    strategy_id: IdInPath,
    data: JSONBody[StrategyChange],
) -> StrategyBody:
    """Change a strategy; 409 `changed_meanwhile` where somebody else did since it was read.

    Where it is or becomes live, anything but its name takes what going live takes. Alerts that
    are on their way are carried out as they were planned.
    """
    catalogue = ports.store.catalogue
    known = await own_strategy(ports, principal.user_id, strategy_id)
    accounts = await catalogue.accounts(principal.user_id)
    wanted = _changed(known, data, accounts)
    await _require_arming(ports, principal, known, wanted)
    deed = doer.does("strategy.change")
    try:
        changed = await catalogue.change_strategy(wanted, deed=deed)
    except ChangedMeanwhileError as error:
        raise _changed_meanwhile() from error
    except NotFoundError as error:
        # An account was deleted in this moment.
        raise not_found("account") from error
    if changed is None:
        raise not_found("strategy")
    await forget_everywhere(ports, principal.user_id)
    return strategy_body(changed, webhook_url(ports.settings.public_url))


def _changed(known: Strategy, data: StrategyChange, own: Iterable[Account]) -> Strategy:
    asked = _given(data)
    settings = _given(data.settings) if data.settings is not UNSET else {}
    wish = NewStrategy(
        name=asked.get("name", known.name),
        accounts=asked.get("accounts", list(known.accounts)),
        mode=asked.get("mode", known.mode),
        default_quantity=asked.get("default_quantity", known.default_quantity),
        dedupe_window_s=asked.get("dedupe_window_s", known.dedupe_window_s),
    )
    return msgspec.structs.replace(
        read_wish(known.user_id, wish, own),
        id=known.id,
        state=known.state,
        settings=msgspec.structs.replace(known.settings, **settings),
        created_at=known.created_at,
        revision=data.revision,
    )


def _given(change: msgspec.Struct) -> dict[str, Any]:
    fields = msgspec.structs.asdict(change)
    return {name: value for name, value in fields.items() if value is not UNSET}


async def _require_arming(
    ports: Ports, principal: Principal, known: Strategy, wanted: Strategy
) -> None:
    renamed = msgspec.structs.replace(known, name=wanted.name, revision=wanted.revision)
    if wanted.mode is Mode.LIVE and wanted != renamed:
        require_step_up(ports, principal)
        await require_second_factor(ports, principal)


def _changed_meanwhile() -> ApiError:
    return ApiError(
        409,
        "changed_meanwhile",
        "The strategy was changed since it was read.",
        field="revision",
        hint="Read it again, and change what you see then.",
    )


ROUTES = (change_strategy,)
