"""Setting a price at the paper venue by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.base import Reason
from broker_adapters.errors import BrokerUnavailableError, InvalidPriceError, UnknownSymbolError
from broker_adapters.paper.answers import PriceSet, Refused
from broker_adapters.paper.questions import SetPrice
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError

if TYPE_CHECKING:
    from decimal import Decimal

    from broker_adapters.paper.venue import Venue
    from bus.values import UserId


async def set_price(venue: Venue, *, owner: UserId, symbol: str, price: Decimal) -> int:
    """Set a symbol's price in one owner's market and match what works there; safe to repeat.

    Returns:
        How many orders it moved.

    Raises:
        UnknownSymbolError: It is no symbol.
        InvalidPriceError: It is no price.
        BrokerUnavailableError: The venue gave no answer.
    """
    try:
        answer = await venue.ask(SetPrice(owner=owner, symbol=symbol, price=price))
    except (NeverAskedError, AnswerLostError) as error:
        raise BrokerUnavailableError(str(error)) from error
    match answer:
        case PriceSet(moved=moved):
            return moved
        case Refused(reason=Reason.INVALID_INSTRUMENT, message=message):
            raise UnknownSymbolError(message)
        case Refused(message=message):
            raise InvalidPriceError(message)
        case _:
            raise BrokerUnavailableError("the venue gave no answer to that")
