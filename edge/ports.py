"""What the edge's handlers work with; the root opens it and hands it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.bundle import Bus
    from bus.values import Clock
    from edge.afterwards import Afterwards
    from edge.limits import TokenBuckets
    from edge.meaning import Meaning
    from edge.open_streams import OpenStreams
    from edge.recognition import Recognition
    from edge.settings import EdgeSettings
    from handlers.store.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """An open edge.

    Attributes:
        meaning: What alerts' bodies mean.
        recognition: What webhook tokens stand for.
        buckets: How fast each strategy may be used.
        afterwards: What is written down after the reply.
        streams: The live streams that are open.
    """

    settings: EdgeSettings
    store: Store
    bus: Bus
    clock: Clock
    meaning: Meaning
    recognition: Recognition
    buckets: TokenBuckets
    afterwards: Afterwards
    streams: OpenStreams
