"""What the edge's handlers work with; the root opens it and hands it on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bus.values import UserId

if TYPE_CHECKING:
    from bus.bundle import Bus
    from bus.values import Clock
    from edge.kept.afterwards import Afterwards
    from edge.kept.answers import Answers
    from edge.kept.limits import TokenBuckets
    from edge.kept.open_streams import OpenStreams
    from edge.kept.patience import Patience
    from edge.kept.quotas import Quotas
    from edge.kept.recognition import Recognition
    from edge.kept.refill import Refill
    from edge.settings import EdgeSettings
    from handlers.identity.services import IdentityServices
    from handlers.store.base import Store
    from handlers.vault.base import Sealer


SetPrice = Callable[[UserId, str, Decimal], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """An open edge.

    Attributes:
        recognition: What webhook tokens stand for.
        buckets: How fast each strategy may be used.
        refused: How fast a strategy's alerts may come that are refused; they take no other's turn.
        floods: How often it is written down that a strategy's refused alerts come too fast.
        quotas: How fast the API may be used.
        patience: Ends what takes too long.
        answers: How alerts were answered.
        afterwards: What is written down after the reply.
        refill: Has the pool filled up after a claim.
        streams: The live streams that are open.
        identity: Who may come in.
        set_price: Sets a price in one user's paper market; returns how many orders it moved.
        sealer: Seals credentials; nothing of the edge can open them again.
    """

    settings: EdgeSettings
    store: Store
    bus: Bus
    clock: Clock
    recognition: Recognition
    buckets: TokenBuckets
    refused: TokenBuckets
    floods: TokenBuckets
    quotas: Quotas
    patience: Patience
    answers: Answers
    afterwards: Afterwards
    refill: Refill
    streams: OpenStreams
    identity: IdentityServices
    set_price: SetPrice
    sealer: Sealer
