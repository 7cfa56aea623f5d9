"""A test that waits for ever is ended where it waits, so that its fixtures come down.

The alarm of pytest-timeout ends the run of the event loop and not the test's own task in it: what
the fixtures have left to do would wait behind that task for ever, and with it the whole run.
"""

from __future__ import annotations

import asyncio
from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

import pytest
import trio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

_BEFORE_THE_ALARM = 5.0


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Bound a test that is a coroutine, before who runs coroutines runs it."""
    if iscoroutinefunction(pyfuncitem.obj):
        pyfuncitem.obj = _bounded(pyfuncitem.obj, _seconds(pyfuncitem) - _BEFORE_THE_ALARM)
    return (yield)


def _seconds(test: pytest.Function) -> float:
    """Return how long pytest-timeout gives a test with its fixtures."""
    marker = test.get_closest_marker("timeout")
    if marker is not None:
        return float(marker.args[0])
    return float(test.config.getoption("timeout") or test.config.getini("timeout"))


def _bounded(
    test: Callable[..., Awaitable[None]], seconds: float
) -> Callable[..., Awaitable[None]]:
    @wraps(test)
    async def run(*args: Any, **named: Any) -> None:
        # Not a scope of anyio's: what a test opens, its fixtures may close after it.
        if trio.lowlevel.in_trio_run():
            with trio.fail_after(seconds):
                await test(*args, **named)
        else:
            async with asyncio.timeout(seconds):
                await test(*args, **named)

    return run
