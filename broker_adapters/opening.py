"""What is needed to open a broker: whose account it is, and the means every broker may want."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bus.values import AccountId, Clock, Mode, UserId

Wake = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAccount:
    """One account at one broker.

    Attributes:
        broker: The name the registry knows the broker by.
        options: As the user set them; each broker has its own.
    """

    id: AccountId
    owner: UserId
    broker: str
    mode: Mode
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Asked(Protocol):
    """A venue that is shared by accounts: it answers questions of its own kind."""

    async def ask(self, question: Any) -> Any:  # noqa: ANN401 - each venue's own
        """Ask once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerMeans:
    """What the root has open for all brokers.

    Attributes:
        paper: What `registry.open_paper_venue` gives; without it there are no paper accounts.
        stand_ins: By a broker's name what stands in for the real one, as `settings.stand_ins`
            read it: an address, or a module.
        kept: What an adapter has to remember from one opening to the next, by its own key: how
            often it signed in, where a venue counts that.
        wake: Returns when it is worth asking a venue for news; may return without any.
    """

    clock: Clock
    paper: Asked | None = None
    stand_ins: Mapping[str, str] = field(default_factory=dict[str, str])
    kept: dict[str, Any] = field(default_factory=dict[str, Any])
    wake: Wake | None = None
