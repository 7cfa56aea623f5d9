"""What every test may ask for: the real servers, started when the first test wants one."""

from __future__ import annotations

pytest_plugins = ("tests.servers.postgres",)
