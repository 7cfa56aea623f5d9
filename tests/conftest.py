"""What every test may ask for: the real servers, started when the first test wants one."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Whether an example took long says how busy the machine is, and nothing of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ("tests.bounded", "tests.servers.postgres", "tests.attacks.report")
