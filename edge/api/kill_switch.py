"""The kill switch: nothing of the user's is sent from the moment the reply is there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import anyio
import msgspec
from litestar import get, post
from litestar.params import JSONBody

from edge.alerts.dispatch import cancel_hints, tell_worker
from edge.api.own import forget_everywhere
from edge.door.doing import DoerGiven
from edge.door.guards import TAKES_RISK_AWAY, needs
from edge.door.step_up import require_step_up
from edge.errors import ApiError
from edge.given import Caller, PortsGiven
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import OrderId, UserId
    from edge.ports import Ports
    from handlers.records.orders import SwitchChange, SwitchState

_PATIENCE = 2.5
_LOOK_AGAIN = 0.05
_TAGS = ["Kill switch"]


class SwitchWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the switch shall stand.

    Attributes:
        cancel_working: Take working orders back from their venues too.
        allow_exits: Let orders pass that only close.
    """

    engaged: bool
    cancel_working: bool = False
    allow_exits: bool = False


class SwitchBody(msgspec.Struct, frozen=True, kw_only=True):
    """How the switch stands, and what setting it did.

    Attributes:
        in_flight: Orders that were on their way to a venue when it was set; their outcome stands
            in the orders themselves.
        denied: Queued orders that will never be sent.
        cancelled: Working orders whose cancel is on its way.
    """

    engaged: bool
    allow_exits: bool
    since: datetime | None
    in_flight: list[UUID]
    denied: list[UUID]
    cancelled: list[UUID]


@get("/api/kill-switch", guards=[needs("read")], tags=_TAGS, summary="Read the kill switch")
async def read_switch(ports: PortsGiven, principal: Caller) -> SwitchBody:
    """Return how the switch stands, and what is on its way to a venue now."""
    switch = await ports.store.switches.read(principal.user_id)
    flying = await ports.store.switches.in_flight(principal.user_id)
    return switch_body(switch, in_flight=[order for order, _ in flying])


@post(
    "/api/kill-switch",
    guards=[needs("trade")],
    status_code=200,
    tags=_TAGS,
    opt=TAKES_RISK_AWAY,
    summary="Engage or release the kill switch",
)
async def set_switch(
    ports: PortsGiven,
    doer: DoerGiven,
    principal: Caller,
    data: JSONBody[SwitchWish],
) -> SwitchBody:
    """Set the switch; engaged, it answers once nothing can leave for a venue any more.

    503 `kill_switch_pending` says that this could not be seen in time; the switch stays on.
    """
    user = principal.user_id
    if not data.engaged or (data.allow_exits and await _is_shut(ports, user)):
        require_step_up(ports, principal)
    change = await ports.store.switches.change(
        user,
        engaged=data.engaged,
        cancel_working=data.cancel_working,
        allow_exits=data.allow_exits,
        deed=doer.does(f"switch.{'engage' if data.engaged else 'release'}"),
    )
    await forget_everywhere(ports, user)
    ports.afterwards.stir(user)
    await _hint_cancels(ports, user, change, doer.trace.traceparent)
    flown = await _wait_until_landed(ports, user) if data.engaged else []
    return switch_body(change.switch, in_flight=flown, change=change)


async def _is_shut(ports: Ports, user: UserId) -> bool:
    """Say whether the switch holds exits back too; letting them through loosens it."""
    switch = await ports.store.switches.read(user)
    return switch.is_engaged and not switch.allows_exits


async def _hint_cancels(ports: Ports, user: UserId, change: SwitchChange, parent: str) -> None:
    if change.to_cancel:
        hints = cancel_hints(ports, user, change.to_cancel, parent=parent)
        await tell_worker(ports, user, hints, cause=change.to_cancel[0][0], parent=parent)


async def _wait_until_landed(ports: Ports, user: UserId) -> list[OrderId]:
    """Wait until nothing is `sending` with its `send_by` ahead; return what was."""
    flown: dict[OrderId, None] = {}
    try:
        with anyio.fail_after(_PATIENCE):
            while flying := await ports.store.switches.in_flight(user):
                flown.update((order, None) for order, _ in flying)
                await anyio.sleep(_LOOK_AGAIN)
    except (TimeoutError, StoreUnavailableError) as error:
        raise ApiError(
            503,
            "kill_switch_pending",
            "The switch is on. Whether an order is still on its way could not be seen.",
            hint="Read it again with GET /api/kill-switch.",
        ) from error
    return list(flown)


def switch_body(
    switch: SwitchState,
    *,
    in_flight: Sequence[OrderId] = (),
    change: SwitchChange | None = None,
) -> SwitchBody:
    """Print the switch, and what setting it did."""
    return SwitchBody(
        engaged=switch.is_engaged,
        allow_exits=switch.allows_exits,
        since=switch.since,
        in_flight=list(in_flight),
        denied=[] if change is None else list(change.denied),
        cancelled=[] if change is None else [order for order, _ in change.to_cancel],
    )


ROUTES = (read_switch, set_switch)
