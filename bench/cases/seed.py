"""The whole way beside the seed design's, in the same rounds: at 100 a second, and saturated.

Everybody has the same PostgreSQL, the same Valkey, as many users with a worker each, a broker that
answers at once, and one edge's process where the name of the peer does not say otherwise. The floor
is what no design can go below: an empty ASGI answer, a socket's wake-up, and the two commits.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bench.house import open_house
from bench.rivals import Seed, open_floor, open_seed
from bench.servers import running_servers
from bench.sides import at_rate, saturated

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from bench.measure import Figures, Round
    from bench.sides import Side

_USERS = 4
_CONNECTIONS = 32
_WARM_UP = 200
_PER_SECOND = 100.0
_AT_RATE = 150
_BURST = 1_000
SEEDS: Mapping[str, Seed] = {"seed": Seed()}
ALL_SEEDS: Mapping[str, Seed] = {
    **SEEDS,
    "seed_x2": Seed(processes=2),
    "seed_x8": Seed(processes=8),
    "seed_unclaimed": Seed(claims=False),
    "faststream": Seed(way="faststream"),
}
_OURS, _FLOOR = "ours", "floor"


@asynccontextmanager
async def seed(seeds: Mapping[str, Seed] = SEEDS) -> AsyncGenerator[Round]:
    """Measure us, the floor and these seeds, in turns."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        size = {"users": _USERS, "live": _USERS, "opened": _CONNECTIONS}
        sides: dict[str, Side] = {_OURS: await open_house(stack, servers, **size)}
        for name, each in seeds.items():
            sides[name] = await open_seed(stack, servers, each, **size)
        sides[_FLOOR] = await open_floor(stack, servers, opened=_CONNECTIONS)
        for side in sides.values():
            await saturated(side, total=_WARM_UP)

        async def take_round() -> Figures:
            taken: dict[str, dict[str, float]] = {name: {} for name in sides}
            for name, side in sides.items():
                taken[name] |= await at_rate(side, per_second=_PER_SECOND, total=_AT_RATE)
            for name in (_OURS, *seeds):
                taken[name] |= await saturated(sides[name], total=_BURST)
            return figures(taken)

        yield take_round


def figures(taken: Mapping[str, Mapping[str, float]]) -> Figures:
    """Return every side's own figures under its name, ours under none, and ours over theirs."""
    named: dict[str, float] = dict(taken[_OURS])
    for name, theirs in taken.items():
        if name != _OURS:
            named |= {f"{name}_{figure}": value for figure, value in theirs.items()}
            named |= _ratios(taken[_OURS], theirs, name)
    return named


def _ratios(ours: Mapping[str, float], theirs: Mapping[str, float], name: str) -> Figures:
    """Compare so that less is always better: of what is counted a second, theirs over ours."""
    ratios: dict[str, float] = {}
    for figure, value in theirs.items():
        if figure.endswith("_per_second"):
            ratios[f"{name}_{figure}_over_ours"] = value / ours[figure]
        else:
            ratios[f"{figure}_over_{name}"] = ours[figure] / value
    return ratios
