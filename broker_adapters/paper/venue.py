"""The paper venue's port: one question, one answer; ledger, memory and remote implement it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from broker_adapters.errors import BrokerError

if TYPE_CHECKING:
    from broker_adapters.paper.answers import AnyAnswer
    from broker_adapters.paper.questions import AnyQuestion


class NeverAskedError(BrokerError):
    """The question provably never reached the venue, or was undone there; asking again is safe."""


class AnswerLostError(BrokerError):
    """The question may have reached the venue; only what changes nothing may be asked again."""


class Venue(Protocol):
    """Answers questions, each as one transaction; any number at the same time.

    `Submit` is answered `Placed`, `Refused` or `Twice`, `Cancel` by `Ended` or `Found`, the others
    by the answer of their name or `Refused`.
    """

    async def ask(self, question: AnyQuestion) -> AnyAnswer:
        """Ask once; nothing is repeated inside that may have been done.

        Raises:
            NeverAskedError: Nothing was done, for sure.
            AnswerLostError: Nobody can say whether it was done.
        """
        ...
