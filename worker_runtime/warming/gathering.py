"""Lays the code that every worker runs side by side, so that few pages hold it.

An interpreter counts references to whatever it runs, and counts in it: a page of which a worker
runs one function becomes that worker's own. Code lies as it was imported, a function that is run
among dozens that are not. Here it is copied, once, to where only such code is; it does the same.
A copy is as new: who gathers must rehearse again.
"""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from worker_runtime.warming.blocks import fill_free_blocks
from worker_runtime.warming.functions import lay_functions

if TYPE_CHECKING:
    from collections.abc import Collection, Generator
    from types import FrameType

# Given back, the originals would be holes all over the place, and each worker would write into many
# of them.
_kept: list[CodeType] = []


@contextmanager
def watched() -> Generator[set[CodeType]]:
    """Collect the code that this thread runs inside the context."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def gather(wanted: Collection[CodeType]) -> None:
    """Give every function whose code, or code inside it, is wanted a copy beside the others."""
    # What is collected later would be holes too.
    gc.collect()
    functions = [each for each in gc.get_objects() if type(each) is FunctionType]
    copies = _Copies(wanted)
    fill_free_blocks()
    called: list[FunctionType] = []
    for function in functions:
        code = function.__code__
        if copies.concern(code):
            _kept.append(code)
            function.__code__ = copies.of(code)
            called.append(function)
    lay_functions(called)


class _Copies:
    """Copies of code; what several functions share stays shared."""

    def __init__(self, wanted: Collection[CodeType]) -> None:
        # By identity: two pieces of code that are equal are not the same.
        self._wanted = {id(code) for code in wanted}
        self._concern: dict[int, bool] = {}
        self._made: dict[int, CodeType] = {}

    def concern(self, code: CodeType) -> bool:
        """Say whether it, or code inside it, is wanted."""
        known = self._concern.get(id(code))
        if known is None:
            inside = [self.concern(each) for each in code.co_consts if isinstance(each, CodeType)]
            known = self._concern[id(code)] = id(code) in self._wanted or any(inside)
        return known

    def of(self, code: CodeType) -> CodeType:
        """Return the copy; it holds copies of the wanted code inside it."""
        made = self._made.get(id(code))
        if made is None:
            constants = tuple(
                self.of(each) if isinstance(each, CodeType) and self.concern(each) else each
                for each in code.co_consts
            )
            made = self._made[id(code)] = code.replace(co_consts=constants)
        return made
