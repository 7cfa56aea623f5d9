"""Gate's perpetuals with long and short positions kept apart, as a ground."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from tests.contract.broker_adapters.grounds.gateio import GatePerpetualGround, gate_ground

if TYPE_CHECKING:
    from infra.local.doubles.gateio.server import Doors
    from tests.contract.broker_adapters.grounds.gateio import ShiftedClock


class GateDualGround(GatePerpetualGround):
    """The perpetuals in dual mode."""

    name: ClassVar[str] = "gateio-dual"

    def __init__(self, doors: Doors, clock: ShiftedClock) -> None:
        super().__init__(doors, clock)
        [key] = self.venue.secrets
        self.venue.perpetual.set_dual(key, is_dual=True)


gate_dual = partial(gate_ground, GateDualGround)
