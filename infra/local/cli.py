"""The `fourpass` command: parses its line, runs one command, turns errors into one line each.

Only the standard library is imported here: what a command needs loads when that command runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXIT_INTERRUPTED = 130
RED = 31


class Verb(NamedTuple):
    """A command: its module in `infra.local.commands`, and how it describes its own arguments."""

    name: str
    module: str
    summary: str
    describe: Callable[[argparse.ArgumentParser], None]


def main(line: Sequence[str] | None = None) -> int:
    """Run the command that the line names and return its exit code."""
    arguments = parser().parse_args(line)
    try:
        command = import_module(f"infra.local.commands.{arguments.module}")
        return int(command.run(arguments, dict(os.environ)))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        known = import_module("infra.local.errors").as_local(error)
        if known is None:
            raise
        sys.stderr.write(f"{painted('fourpass:', RED)} {known}\n")
        return int(known.exit_code)


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(
        prog="fourpass",
        description="Turns TradingView alerts into broker orders, exactly as sent and never twice.",
        epilog="Exit codes: 0 done, 1 failed, 2 wrong command line, 78 refused: mend a setting.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {own_version()}")
    add_verbs(top, VERBS)
    return top


def add_verbs(parent: argparse.ArgumentParser, verbs: Sequence[Verb]) -> None:
    """Add commands under a parser."""
    commands = parent.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for verb in verbs:
        added = commands.add_parser(verb.name, help=verb.summary, description=verb.summary)
        added.set_defaults(module=verb.module)
        verb.describe(added)


def own_version() -> str:
    """Return the installed version."""
    try:
        return version("fourpass")
    except PackageNotFoundError:
        return "(not installed)"


def painted(text: str, colour: int) -> str:
    """Colour a word, on a terminal only."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{colour}m{text}\x1b[0m"


def describe_up(up: argparse.ArgumentParser) -> None:
    """Describe `fourpass up`."""
    up.add_argument(
        "--port", type=int, help="where the edge listens (FOURPASS_PORT, else 8000; 0: any free)"
    )
    describe_data_dir(up)
    up.add_argument("--no-demo", action="store_true", help="make no demo user with a paper account")
    up.add_argument(
        "--with-doubles",
        action="store_true",
        help="let Gate be played by a double on this machine",
    )
    up.add_argument(
        "--queues", choices=("valkey", "sqs"), help="what carries the queues (default: valkey)"
    )


def describe_data_dir(command: argparse.ArgumentParser) -> None:
    """Describe the option that most commands share."""
    command.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where data and secrets live (FOURPASS_DATA_DIR, else .4pass)",
    )


def describe_signal(signal: argparse.ArgumentParser) -> None:
    """Describe `fourpass signal`."""
    add_verbs(signal, (EXPLAIN,))


def describe_explain(explain: argparse.ArgumentParser) -> None:
    """Describe `fourpass signal explain`."""
    explain.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="the alert's body; - is standard input"
    )
    explain.add_argument(
        "--content-type", metavar="T", help="what the sender called it; the body itself decides"
    )
    explain.add_argument(
        "--lang", choices=("en", "zh-TW"), default="en", help="the language of the explanation"
    )


def describe_status(status: argparse.ArgumentParser) -> None:
    """Describe `fourpass status`."""
    describe_data_dir(status)
    status.add_argument("--json", action="store_true", help="print JSON")


def describe_audit(audit: argparse.ArgumentParser) -> None:
    """Describe `fourpass audit`."""
    add_verbs(audit, AUDIT_VERBS)


def describe_logs(command: argparse.ArgumentParser) -> None:
    """Describe which logs a command reads: those of a database, or of a running `up`."""
    describe_data_dir(command)
    command.add_argument("--user", type=UUID, metavar="ID", help="this user's log only")


def describe_dead_letters(letters: argparse.ArgumentParser) -> None:
    """Describe `fourpass dead-letters`."""
    add_verbs(letters, DEAD_LETTER_VERBS)


def describe_list(command: argparse.ArgumentParser) -> None:
    """Describe `fourpass dead-letters list`."""
    describe_data_dir(command)
    command.add_argument("--json", action="store_true", help="print a JSON object a line")
    command.set_defaults(doing="list")


def describe_one(doing: str) -> Callable[[argparse.ArgumentParser], None]:
    """Describe a command that deals with one dead letter."""

    def describe(command: argparse.ArgumentParser) -> None:
        describe_data_dir(command)
        command.add_argument("id", type=UUID, metavar="ID", help="which, as `list` names it")
        command.set_defaults(doing=doing)

    return describe


def describe_trace(trace: argparse.ArgumentParser) -> None:
    """Describe `fourpass trace`."""
    describe_data_dir(trace)
    trace.add_argument("order", type=UUID, metavar="ORDER", help="the id of an order")


def describe_migrate(migrate: argparse.ArgumentParser) -> None:
    """Describe `fourpass migrate`."""
    migrate.add_argument(
        "--logins",
        action="store_true",
        help="let the roles log in as FOURPASS_{APP,WORKER,CONTROL}_DATABASE_URL say",
    )


def describe_nothing(_: argparse.ArgumentParser) -> None:
    """Describe a command that takes its settings from the environment alone."""


def describe_vault(vault: argparse.ArgumentParser) -> None:
    """Describe `fourpass vault`."""
    add_verbs(vault, VAULT_VERBS)


def describe_vault_verb(verb: str) -> Callable[[argparse.ArgumentParser], None]:
    """Describe one of the vault's commands, which are one module."""

    def describe(command: argparse.ArgumentParser) -> None:
        describe_data_dir(command)
        command.set_defaults(verb=verb)

    return describe


EXPLAIN = Verb(
    "explain",
    "signal_explain",
    "print what an alert body would mean, as JSON; exit 0 if it is understood",
    describe_explain,
)
AUDIT_VERBS = (
    Verb(
        "verify",
        "audit_verify",
        "walk the chain of hashes; exit 1 naming the first entry that is not what was written",
        describe_logs,
    ),
    Verb("export", "audit_export", "write the log, one JSON object a line", describe_logs),
)
VAULT_VERBS = (
    Verb(
        "rotate",
        "vault",
        "draw a new key and put all broker credentials under it, while everything runs",
        describe_vault_verb("rotate"),
    ),
    Verb(
        "rewrap",
        "vault",
        "put all broker credentials under the newest key; exit 1 if some cannot be opened",
        describe_vault_verb("rewrap"),
    ),
    Verb(
        "status", "vault", "count broker credentials by key version", describe_vault_verb("status")
    ),
)
DEAD_LETTER_VERBS = (
    Verb("list", "dead_letters", "list what was set aside, newest first", describe_list),
    Verb("show", "dead_letters", "print one as JSON, secrets masked", describe_one("show")),
    Verb(
        "replay",
        "dead_letters",
        "say one again; what its order may still do, the record decides",
        describe_one("replay"),
    ),
    Verb("discard", "dead_letters", "throw one away, audited", describe_one("discard")),
)
VERBS = (
    Verb("up", "up", "run the whole local profile until it is told to stop", describe_up),
    Verb("signal", "signal_explain", "look at alerts", describe_signal),
    Verb("audit", "audit_verify", "verify or export the audit log", describe_audit),
    Verb("vault", "vault", "rotate the key of broker credentials", describe_vault),
    Verb(
        "dead-letters",
        "dead_letters",
        "list, show, replay or discard messages that were set aside",
        describe_dead_letters,
    ),
    Verb("status", "status", "print the state of all parts; exit 0 if ready", describe_status),
    Verb(
        "migrate",
        "migrate",
        "bring the database's schema up to date",
        describe_migrate,
    ),
    Verb("edge", "edge", "run one edge: webhooks, API, dashboard", describe_nothing),
    Verb("worker", "worker", "run one worker host, or one named worker", describe_nothing),
    Verb("control-plane", "control_plane", "run one control plane", describe_nothing),
    Verb("observer", "observer", "tell of traces and metrics", describe_nothing),
    Verb("trace", "trace", "print the trace of one order as JSON", describe_trace),
)

if __name__ == "__main__":
    sys.exit(main())
