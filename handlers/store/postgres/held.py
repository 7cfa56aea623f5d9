"""The proofs of the leases that this process was given: what a worker shows at every door."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from bus.values import UserId

# As many as the record keeps of a user.
_KEPT = 4


class Held:
    """Proofs by user; a worker has one user, so it holds those of one.

    They stay in this process: a proof is in no lease that travels, and in no log. They are text,
    since the driver would ask the server what an array of ids is.
    """

    def __init__(self) -> None:
        self._proofs: dict[UserId, deque[str]] = {}

    def keep(self, user: UserId, proof: UUID) -> None:
        """Remember what came with a lease."""
        kept = self._proofs.setdefault(user, deque(maxlen=_KEPT))
        kept.append(str(proof))

    def of(self, user: UserId) -> list[str]:
        """Return the proofs of a user's leases."""
        return list(self._proofs.get(user, ()))

    def all(self) -> list[str]:
        """Return every proof, for who asks about an order without saying whose it is."""
        return [proof for kept in self._proofs.values() for proof in kept]
