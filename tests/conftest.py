"""What every test may ask for: the real servers, started when the first test wants one."""

from __future__ import annotations

import gc

from hypothesis import HealthCheck, settings

# Whether an example took long says how busy the machine is, and nothing of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ("tests.bounded", "tests.mixed", "tests.servers.postgres", "tests.attacks.report")


def pytest_collection_finish() -> None:
    """Set all that was collected aside: each round of the garbage collector would go through it."""
    gc.collect()
    gc.freeze()
