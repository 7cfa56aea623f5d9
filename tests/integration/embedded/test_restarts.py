"""A server of a test's own can be killed and started again at once."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from tests.servers.postgres import running_postgres

pytestmark = pytest.mark.postgres


def test_server_starts_though_what_was_killed_is_not_gone_yet() -> None:
    with running_postgres() as server:
        child = int(
            server.run_sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
        )
        os.kill(child, signal.SIGSTOP)
        server.kill()
        later = threading.Timer(0.5, os.kill, (child, signal.SIGKILL))
        later.start()

        server.start()

        later.join()
        assert server.run_sql("SELECT 1") == "1\n"
