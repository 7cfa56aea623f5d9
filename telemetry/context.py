"""Says in every line of a log, for as long as something is done, what it is done about."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

_NOTHING: Mapping[str, str] = MappingProxyType({})
_FIELDS: ContextVar[Mapping[str, str]] = ContextVar("logged_with", default=_NOTHING)


@contextmanager
def logged_with(fields: Mapping[str, str]) -> Generator[None]:
    """Have the lines of this task, whoever writes them, say these fields; their own come first."""
    before = _FIELDS.set({**_FIELDS.get(), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(before)


def logged_fields() -> Mapping[str, str]:
    """Return what lines that are written now shall say beside their own."""
    return _FIELDS.get()
