"""Whether who came in may still be here, once a session or key of theirs has ended.

A request is judged anew each time; a live stream is not, so it asks again whenever the bus says
that somebody's sessions or keys changed, and now and then by itself: the bus may lose a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from bus.errors import BusError
from bus.topics import ACCESS
from bus.values import UserId

if TYPE_CHECKING:
    from edge.ports import Ports
    from handlers.records.access import Principal


async def may_stay(ports: Ports, principal: Principal) -> bool:
    """Say whether the session or key lives yet; looking does not prolong a session.

    Raises:
        StoreUnavailableError: Nobody can say.
    """
    if principal.session is not None:
        sessions = await ports.store.sessions.sessions(principal.user_id)
        return any(each.id == principal.session.id for each in sessions)
    now = ports.clock.now()
    return any(
        each.id == principal.key_id and (each.expires_at is None or each.expires_at > now)
        for each in await ports.store.keys.keys(principal.user_id)
    )


async def tell_of_access(ports: Ports, user: UserId) -> None:
    """Have every edge process ask whether the user's open streams may go on."""
    ports.streams.knock(user)
    try:
        await ports.bus.broadcast.announce(ACCESS, str(user).encode("ascii"))
    except BusError:
        return


async def listen_for_access(ports: Ports) -> None:
    """Pass on what other processes tell; runs for ever."""
    async with ports.bus.broadcast.listen(ACCESS) as payloads:
        ports.streams.knock_at_all()
        async for payload in payloads:
            try:
                ports.streams.knock(UserId(UUID(payload.decode("ascii"))))
            except ValueError:
                ports.streams.knock_at_all()
