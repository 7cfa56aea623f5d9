"""A venue that answers late, or not at all, around one that is honest: also within one process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio
from typing_extensions import override

from broker_adapters.paper.questions import Cancel, Find, Submit
from broker_adapters.paper.venue import AnswerLostError, Venue
from infra.local.doubles.hostility import Fate

if TYPE_CHECKING:
    from broker_adapters.paper.answers import AnyAnswer
    from broker_adapters.paper.questions import AnyQuestion
    from infra.local.doubles.hostility import Fates

Receive = Callable[["AnyQuestion", Fate], Awaitable[None]]


class HostileVenue(Venue):
    """Writes every question down, then treats it as the fates say."""

    def __init__(self, venue: Venue, fates: Fates, *, receive: Receive | None = None) -> None:
        self._venue = venue
        self._oracle = fates
        self._receive = receive

    @override
    async def ask(self, question: AnyQuestion) -> AnyAnswer:
        sentence = self._oracle.sentence(kind_of(question), key_of(question))
        if self._receive is not None:
            await self._receive(question, sentence.fate)
        if sentence.fate is Fate.SWALLOWED_BEFORE:
            raise AnswerLostError("swallowed before it was done")
        if sentence.fate is Fate.HELD:
            await anyio.sleep(sentence.seconds)
        answer = await self._venue.ask(question)
        if sentence.fate is Fate.SWALLOWED_AFTER:
            raise AnswerLostError("swallowed after it was done")
        if sentence.fate is Fate.LATE:
            await anyio.sleep(sentence.seconds)
        return answer


def kind_of(question: AnyQuestion) -> str:
    """Return a question's tag."""
    return str(question.__struct_config__.tag)


def key_of(question: AnyQuestion) -> str:
    """Return what makes a question the same as another of its kind."""
    match question:
        case Submit(request=request):
            return request.client_order_id
        case Cancel(client_order_id=client_order_id) | Find(client_order_id=client_order_id):
            return client_order_id
        case _:
            return str(question.owner)
