"""A worker that is a task of its own, as ECS starts it: one process, without zygote and host."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from worker_runtime import app
from worker_runtime.process import forbid_core_dumps

if TYPE_CHECKING:
    from handlers.launcher.wire import Launch
    from worker_runtime.settings import WorkerSettings


def main(settings: WorkerSettings, launch: Launch) -> int:
    """Be this one worker until SIGTERM; returns the exit code."""
    forbid_core_dumps()
    app.run_worker(settings, launch, lambda _: None)
    return os.EX_OK
