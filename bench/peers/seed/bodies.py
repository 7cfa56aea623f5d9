"""What the seed takes, sends on and answers: pydantic models."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - pydantic reads it
from typing import Literal
from uuid import UUID  # noqa: TC003 - pydantic reads it

from pydantic import BaseModel


class Alert(BaseModel):
    """An alert's body."""

    ticker: str
    action: Literal["buy", "sell"]
    sentiment: str
    quantity: Decimal
    price: Decimal
    interval: str
    id: str


class TradingRequest(BaseModel):
    """What goes to a user's worker."""

    request_id: UUID
    user_id: UUID
    symbol: str
    action: str
    quantity: Decimal
    price: Decimal


class Accepted(BaseModel):
    """The reply to an alert."""

    status: str
    orders: list[UUID]
