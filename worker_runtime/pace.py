"""How often a worker does what, and how long it waits; tests and simulations pass their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Spans in seconds.

    Attributes:
        mark_ttl: How long the routing hint `worker:active` outlives its last refresh.
        settle_in: What a new worker leaves to its first command before it looks for more work.
        offer: How often a worker in the pool says that it is ready.
        blink: A state of a worker that lasts no longer than this is not told.
        beat: How often mark and worker row are refreshed.
        renew: How often the lease is renewed; it runs for 15 s.
        renew_guard: Without a renewal's answer for this long nothing is sent any more.
        lease_retry: How often the lease is asked for while another worker has it.
        lease_patience: After this long this worker leaves; who is still wanted is claimed anew.
        backlog: How often PostgreSQL is read for what no hint brought.
        sweep: How often it is asked for sends without an answer.
        accounts: How often the accounts themselves are read for changes that nobody told of.
        untold: How often what is over is looked up whose executions nobody told of.
        review: After this long without a proof an unknown order is left to its user to look at.
        connect: What opening a broker session may take.
        drain: What finishing the orders in hand may take when the worker leaves; the zygote waits
            longer than that, its supervisor longer than the zygote, and `up` ends within 30 s.
        idle_after: Without anything to do for this long the worker leaves.
        shortest_pause: The first pause after a failure; each further one is twice as long.
        longest_pause: The last pause after failures.
    """

    mark_ttl: float = 15.0
    settle_in: float = 0.05
    offer: float = 2.0
    blink: float = 0.2
    beat: float = 5.0
    renew: float = 5.0
    renew_guard: float = 12.0
    lease_retry: float = 0.5
    lease_patience: float = 10.0
    backlog: float = 1.0
    sweep: float = 2.0
    accounts: float = 30.0
    untold: float = 60.0
    review: float = 60.0
    connect: float = 10.0
    drain: float = 10.0
    idle_after: float = 1800.0
    shortest_pause: float = 0.1
    longest_pause: float = 5.0


class Pauses:
    """Pauses after failures in a row: each twice as long as the one before."""

    __slots__ = ("_next", "_pace")

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._next = pace.shortest_pause

    def take(self) -> float:
        """Return how long to wait now."""
        pause = self._next
        self._next = min(pause * 2, self._pace.longest_pause)
        return pause

    def reset(self) -> None:
        """Begin again with the shortest: something worked."""
        self._next = self._pace.shortest_pause
