"""Lays functions side by side, since whoever calls one counts a reference in it.

A copy does what its original does. It stands wherever a class or a module named the original; what
else holds the original, a closure or a table, goes on with that, and nothing differs but where it
lies.
"""

from __future__ import annotations

import gc
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

# Given back, they would leave holes all over the place.
_kept: list[FunctionType] = []


def lay_functions(wanted: Collection[FunctionType]) -> None:
    """Copy them to where only such functions are."""
    copies = {id(each): _copy(each) for each in wanted}
    _kept.extend(wanted)
    for owner in _owners():
        for name, value in tuple(vars(owner).items()):
            if type(value) is FunctionType and id(value) in copies:
                _put(owner, name, copies[id(value)])


def _copy(original: FunctionType) -> FunctionType:
    copy = FunctionType(
        original.__code__,
        original.__globals__,
        original.__name__,
        original.__defaults__,
        original.__closure__,
    )
    copy.__kwdefaults__ = original.__kwdefaults__
    copy.__annotations__ = original.__annotations__
    copy.__module__ = original.__module__
    copy.__qualname__ = original.__qualname__
    copy.__doc__ = original.__doc__
    copy.__dict__.update(original.__dict__)
    return copy


def _owners() -> list[type | ModuleType]:
    """Return classes and modules; their types are asked, since a proxy answers for another."""
    return [each for each in gc.get_objects() if issubclass(type(each), (type, ModuleType))]


def _put(owner: type | ModuleType, name: str, copy: FunctionType) -> None:
    """Name it there, past what a class of this kind may have to say about it."""
    if isinstance(owner, type):
        type.__setattr__(owner, name, copy)
    else:
        vars(owner)[name] = copy
