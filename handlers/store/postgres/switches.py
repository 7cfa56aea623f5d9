"""The kill switch in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from bus.values import OrderId
from handlers.errors import NotFoundError
from handlers.records.orders import SwitchChange, SwitchState
from handlers.store.base import SwitchStore
from handlers.store.postgres.rows import as_json, deed_json, order_ids_of, plain_uuid
from handlers.store.postgres.signals import pairs_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.store.postgres.connections import Database

_CHANGE = "SELECT switch, denied, to_cancel FROM change_switch_told($1, $2::jsonb, $3::jsonb)"
_READ = "SELECT is_engaged, allows_exits, since FROM switch_of($1)"
_IN_FLIGHT = "SELECT id, send_by FROM orders_in_flight($1)"
_SWITCH = msgspec.json.Decoder(SwitchState)


class PostgresSwitches(SwitchStore):
    """The kill switch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def change(
        self,
        user: UserId,
        *,
        engaged: bool,
        cancel_working: bool,
        allow_exits: bool,
        deed: Deed | None = None,
    ) -> SwitchChange:
        wanted = {
            "engaged": engaged,
            "cancel_working": cancel_working,
            "allow_exits": allow_exits,
        }
        rows = await self._database.rows(_CHANGE, user, as_json(wanted), deed_json(deed))
        if not rows:
            raise NotFoundError
        return SwitchChange(
            switch=_SWITCH.decode(rows[0]["switch"]),
            denied=order_ids_of(rows[0]["denied"]),
            to_cancel=pairs_of(rows[0]["to_cancel"]),
        )

    @override
    async def read(self, user: UserId) -> SwitchState:
        rows = await self._database.rows(_READ, user)
        if not rows:
            raise NotFoundError
        return SwitchState(**dict(rows[0]))

    @override
    async def in_flight(self, user: UserId) -> Sequence[tuple[OrderId, datetime]]:
        rows = await self._database.rows(_IN_FLIGHT, user)
        return [(OrderId(plain_uuid(row["id"])), row["send_by"]) for row in rows]
