"""Asking several things at once, where none of them waits for another's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_T = TypeVar("_T")


async def together(*questions: Callable[[], Awaitable[_T]]) -> list[_T]:
    """Return all answers, in the order of the questions.

    The first error ends the others and is raised as it is, never in a group.
    """
    answers: dict[int, _T] = {}
    errors: list[Exception] = []

    async def ask(place: int, question: Callable[[], Awaitable[_T]]) -> None:
        try:
            answers[place] = await question()
        except Exception as error:  # noqa: BLE001 - raised below, whatever it is
            errors.append(error)
            tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        for place, question in enumerate(questions):
            tasks.start_soon(ask, place, question)
    if errors:
        raise errors[0]
    return [answers[place] for place in range(len(questions))]
