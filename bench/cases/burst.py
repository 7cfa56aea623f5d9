"""TradingView's real shape: everything at the minute's boundary, beside the seed design.

Few of those who send have live workers. The others' alerts must be recorded and answered all the
same; where their workers would come from (the control plane, elsewhere) is not part of this.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from bench.house import open_house
from bench.rivals import Seed, open_seed
from bench.servers import running_servers
from bench.sides import calls, clear, send

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bench.measure import Figures, Round
    from bench.sides import Side

_PER_SECOND = 2_500.0
_EACH = 5
_TRADINGVIEW_WAITS_S = 3.0


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends: so many users, five alerts each, of whom the first have live workers."""

    users: int
    live: int
    opened: int = 200


SMALL = Burst(users=200, live=6)
WHOLE = Burst(users=1_000, live=30)


@asynccontextmanager
async def burst(size: Burst = SMALL) -> AsyncGenerator[Round]:
    """Measure the last 202 and the last broker call of both, from when the first was due."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        told = {"users": size.users, "live": size.live, "opened": size.opened}
        ours = await open_house(stack, servers, **told)
        theirs = await open_seed(stack, servers, Seed(), **told)

        async def take_round() -> Figures:
            mine = await _burst(ours, size)
            seed = await _burst(theirs, size)
            return {
                **mine,
                **{f"seed_{name}": value for name, value in seed.items()},
                **{
                    f"{name}_over_seed": mine[name] / seed[name]
                    for name in ("last_202_s", "last_call_s", "worst_202_s")
                },
            }

        yield take_round


async def _burst(side: Side, size: Burst) -> dict[str, float]:
    total = size.users * _EACH
    sent = await send(side, per_second=_PER_SECOND, total=total)
    called = await calls(side, sent, expected=size.live * _EACH)
    await clear(side.observer, side.books)
    return {
        "last_202_s": (sent.last_answer - sent.began).total_seconds(),
        "worst_202_s": max(sent.to_answer),
        "answers_above_3_s": sum(each > _TRADINGVIEW_WAITS_S for each in sent.to_answer),
        "last_call_s": (max(called.values()) - sent.began).total_seconds(),
    }
