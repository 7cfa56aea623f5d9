"""All grounds, by name: a broker's, and after a dash which of its markets. Here one is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.broker_adapters.grounds.gateio import gate_perpetual, gate_spot
from tests.contract.broker_adapters.grounds.gateio_dual import gate_dual
from tests.contract.broker_adapters.grounds.paper import paper_ground
from tests.contract.broker_adapters.grounds.shioaji import sino_futures, sino_stock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from tests.contract.broker_adapters.grounds.ground import Ground

    Opening = Callable[[], AbstractAsyncContextManager[Ground]]

GROUNDS: Mapping[str, Opening] = {
    "paper": paper_ground,
    "gateio-spot": gate_spot,
    "gateio-perpetual": gate_perpetual,
    "shioaji-stock": sino_stock,
    "shioaji-futures": sino_futures,
}
# The forms of alert are tried at these too: they differ in how a position is kept, and in no point.
ALSO_REVERSED: Mapping[str, Opening] = {"gateio-dual": gate_dual}
