"""A worker that names every module it imports after the point at which others are forked."""

from __future__ import annotations

import os
import sys
from uuid import UUID

from bus.ids import uuid7
from bus.values import UserId, WorkerId
from handlers.launcher.wire import Launch
from worker_runtime import app
from worker_runtime.warming.warm import import_all


def main() -> None:
    """Serve the user of the environment, then tell what was imported meanwhile."""
    settings = app.configure("worker")
    assert settings is not None
    import_all()
    before = set(sys.modules)
    user = UserId(UUID(os.environ["WATCHED_USER"]))
    launch = Launch(worker_id=WorkerId(uuid7()), user_id=user)
    app.run_worker(settings, launch, lambda _: None)
    for name in sorted(set(sys.modules) - before):
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
