"""A row of what requests were answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True)
class KeptAnswer:
    """A row: what is answered, when somebody last began to carry it out, and whether it is done."""

    body_hash: bytes
    answer: dict[str, Any]
    tried_at: datetime
    is_done: bool = False
