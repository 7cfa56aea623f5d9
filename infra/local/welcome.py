"""What `fourpass up` says once everything is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.demo import BROKEN_NAME, FILE_NAME, KeysGone

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.demo import Demo, Made


def welcome(base_url: str, demo: Made | KeysGone | None, data_dir: Path) -> str:
    """Write the welcome: where everything is, and how the first paper order is placed."""
    lines = [f"4pass is ready at {base_url} (Ctrl-C ends it)"]
    if isinstance(demo, KeysGone):
        lines += ["", *without_keys(demo, data_dir)]
    elif demo is not None:
        lines += ["", *sign_in(demo, data_dir), "", *first_order(base_url, demo.demo, data_dir)]
    return "\n".join([*lines, ""])


def sign_in(made: Made, data_dir: Path) -> list[str]:
    """Write how the demo user comes in."""
    return [
        "Sign in as the demo user, once within 30 minutes, at",
        "",
        f"  {made.link}",
        "",
        f"or at any time with the e-mail and password in {data_dir / FILE_NAME}.",
    ]


def first_order(base_url: str, demo: Demo, data_dir: Path) -> list[str]:
    """Write how the demo user places an order and looks at it."""
    file = data_dir / FILE_NAME
    return [
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


def without_keys(gone: KeysGone, data_dir: Path) -> list[str]:
    """Write why there is no demo to show, and the ways out."""
    file = data_dir / FILE_NAME
    what = f"{file} is not there"
    if gone.has_broken_file:
        what = f"{file} could not be read and is kept as {BROKEN_NAME} beside it"
    return [
        f"No demo: the database has users already, and {what}.",
        "A demo user that was made earlier exists still, but its keys cannot be had back:",
        "the database has only their hashes. Either",
        "",
        f"  put a saved copy back as {file} and start again,",
        "  or go on with your own user's keys (`--no-demo` leaves this note out),",
        "  or begin anew with an empty database: end this, and remove the data folder",
        f"  {data_dir} (all orders recorded in it go with it).",
    ]
