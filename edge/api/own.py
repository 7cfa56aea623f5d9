"""One thing among a user's own: found by its id, or forgotten where it was remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from bus.errors import BusError
from bus.topics import STRATEGIES
from edge.errors import not_found
from handlers.records.accounts import Recognised

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from bus.values import UserId
    from edge.ports import Ports
    from handlers.records.accounts import Account, Strategy


class HasId(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> UUID:
        """Return the id."""
        ...


T = TypeVar("T", bound=HasId)


def one_of(rows: Iterable[T], key: UUID, what: str) -> T:
    """Return the row with this id.

    Raises:
        ApiError: 404 where it is none of them.
    """
    for row in rows:
        if row.id == key:
            return row
    raise not_found(what)


async def own_account(ports: Ports, user: UserId, account_id: UUID) -> Account:
    """Return the user's account of this id.

    Raises:
        ApiError: 404 where it is none of theirs.
    """
    return one_of(await ports.store.catalogue.accounts(user), account_id, "account")


async def own_strategy(ports: Ports, user: UserId, strategy_id: UUID) -> Strategy:
    """Return the user's strategy of this id.

    Raises:
        ApiError: 404 where it is none of theirs.
    """
    return one_of(await ports.store.catalogue.strategies(user), strategy_id, "strategy")


async def recognised_own(ports: Ports, user: UserId, strategy_id: UUID) -> Recognised:
    """Return what a token of the user's strategy stands for now.

    Raises:
        ApiError: 404 where it is none of theirs.
    """
    strategy = await own_strategy(ports, user, strategy_id)
    known = {account.id: account for account in await ports.store.catalogue.accounts(user)}
    switch = await ports.store.switches.read(user)
    return Recognised(
        strategy=strategy,
        accounts=tuple(known[account] for account in strategy.accounts if account in known),
        is_switch_engaged=switch.is_engaged,
        overrides=tuple(await ports.store.symbols.overrides(user)),
    )


async def forget_everywhere(ports: Ports, user: UserId) -> None:
    """Have every edge process look the user's tokens up again; their memory ends soon anyway."""
    ports.recognition.forget(user)
    try:
        await ports.bus.broadcast.announce(STRATEGIES, str(user).encode("ascii"))
    except BusError:
        return
