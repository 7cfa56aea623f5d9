"""Functions that workers call are laid together before the fork, and do what they did."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

from worker_runtime.warming.functions import lay_functions

# In an interpreter of its own: what lies where is the whole of it, and what is kept stays.
LAY = """
import sys
from types import ModuleType
from worker_runtime.warming.blocks import fill_free_blocks
from worker_runtime.warming.functions import lay_functions

def pages():
    return len({id(getattr(made, name)) // 4096 for name in names})

made = sys.modules["made"] = ModuleType("made")
for number in range(4000):
    exec(f"def f{number}(): pass", vars(made))
names = [f"f{number}" for number in range(0, 4000, 20)]
before = pages()
fill_free_blocks()
lay_functions([getattr(made, name) for name in names])
print(before, pages())
"""

this = sys.modules[__name__]


def priced(amount: int, by: int = 2, *, off: int = 1) -> int:
    """Say a price."""
    return amount * by - off


priced.note = "kept"  # type: ignore[attr-defined] - what hangs on a function goes with it


class Desk:
    """Has a method that asks its base, and one under two names."""

    def __init__(self, start: int) -> None:
        self.start = start

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Desk) and super().__eq__(other) is not False

    __hash__ = None  # type: ignore[assignment] - two desks are never keys

    def add(self, more: int) -> int:
        return self.start + more

    plus = add


def lay(*wanted: Any) -> None:
    lay_functions(wanted)


def test_they_lie_together_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAY], capture_output=True, text=True, check=True, timeout=15
    )

    before, after = map(int, done.stdout.split())
    assert before > 100
    assert after < before / 5


def test_a_copy_is_and_does_what_its_original_was_and_did() -> None:
    original = priced

    lay(priced)

    copy = this.priced
    assert copy is not original
    assert (copy(3), copy(3, 4), copy(3, off=0)) == (5, 11, 6)
    assert inspect.signature(copy) == inspect.signature(original)
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__", "note"):
        assert getattr(copy, name) == getattr(original, name)


def test_a_class_has_the_copy_under_each_of_its_names() -> None:
    original = Desk.add

    lay(Desk.add, Desk.__init__, Desk.__eq__)

    assert Desk.add is Desk.plus
    assert Desk.add is not original
    assert Desk(2).add(3) == 5
    assert Desk(1) == Desk(1)


def test_whoever_holds_the_original_goes_on_with_it() -> None:
    held = Desk(1).add

    lay(Desk.add)

    assert held(1) == 2


@pytest.mark.parametrize("name", ["Desk", "priced"])
def test_what_is_not_wanted_stays(name: str) -> None:
    before = getattr(this, name)

    lay(Desk.__init__)

    assert getattr(this, name) is before
