"""What `fourpass up` says once everything is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.demo import Demo


def welcome(base_url: str, demo: Demo | None, file: str) -> str:
    """Write the welcome: where everything is, and how the first paper order is placed."""
    lines = [f"4pass is ready at {base_url} (Ctrl-C ends it)"]
    if demo is not None:
        lines += [
            "",
            f"The demo user's keys are in {file}. Place the first paper order:",
            "",
            f"  curl -s {demo.webhook_url} \\",
            """    -d '{"ticker":"BTCUSDT","action":"buy","quantity":"0.05","price":"64250.1"}'""",
            "",
            "and look at your orders, newest first (`/api/orders/{id}` shows every hop):",
            "",
            f'  key=$(sed -n \'s/.*"api_key": *"\\([^"]*\\)".*/\\1/p\' {file})',
            f'  curl -s {base_url}/api/orders -H "Authorization: Bearer $key"',
        ]
    return "\n".join([*lines, ""])
