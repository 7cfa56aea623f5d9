"""What every test may ask for: the real servers, started when the first test wants one."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whether an example took long says how busy the machine is, and nothing of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ("tests.bounded", "tests.mixed", "tests.servers.postgres", "tests.attacks.report")


def pytest_collection_finish() -> None:
    """Set all that was collected aside: each round of the garbage collector would go through it."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Leave logging as it was found: other tests of the process look at what is logged."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
