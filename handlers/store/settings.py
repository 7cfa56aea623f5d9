"""What the record needs to know before it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.placeholders import problem_of_url

if TYPE_CHECKING:
    from collections.abc import Mapping


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the record is.

    Attributes:
        database_url: `postgresql://…`, or `memory://` for a record that ends with the process.
        pool_size: Connections at most, of this process.
        idle_s: How long a connection that nobody uses is kept; 0 keeps it for ever.
        deadline_s: How long any call may take; TradingView gives up after 3 s, and we before that.
        is_worker: It is a user's worker that opens it: it reaches what is under its lease alone.
    """

    database_url: str
    pool_size: int = 10
    idle_s: float = 0.0
    deadline_s: float = 2.0
    connect_timeout_s: float = 2.0
    is_worker: bool = False

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str], variable: str = "FOURPASS_DATABASE_URL"
    ) -> StoreSettings:
        """Read where it is; raises `ValueError` naming the variable where that is of no use."""
        url = environ.get(variable, "")
        if not url:
            msg = f"{variable} is not set"
            raise ValueError(msg)
        if problem := problem_of_url(url):
            msg = f"{variable} {problem}"
            raise ValueError(msg)
        return cls(database_url=url)

    def __repr__(self) -> str:
        """Hide the address: it carries a password."""
        return f"StoreSettings(pool_size={self.pool_size}, deadline_s={self.deadline_s})"
