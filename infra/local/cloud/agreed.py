"""What code and infrastructure have to agree on, written for Terraform: `infra/aws/agreed.json`.

Every number here is taken from where the code has it, or is said here and nowhere else.
`python -m infra.local.cloud.agreed` writes the file; a test compares it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bus.base import Destination
from bus.queues import queues_of
from bus.settings import LANES
from edge.settings import EdgeSettings
from handlers.launcher.ecs_settings import STOP_TIMEOUT, EcsSettings
from infra.local.cloud.functions import FUNCTIONS, SOURCES
from infra.local.logins import VARIABLES, short_name
from infra.local.making.bootstrap import ROOT
from lambda_entry.functions import SCHEDULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bus.queues import Queue

FILE = ROOT / "infra" / "aws" / "agreed.json"
RUNTIME = "python3.11"
ARCHITECTURE = "x86_64"

# Thirty and more share an instance of 2,048 units and 16 GiB.
_WORKER_CPU, _WORKER_MIB = 64, 384
_LARGEST_BODY = 64 * 1024
# TradingView, "About webhooks": the four addresses that alerts come from.
_TRADINGVIEW = ("34.212.75.30", "52.32.178.7", "52.89.214.238", "54.218.53.128")
# From this age on of its oldest message, a queue is an alarm.
_OLDEST: Mapping[Destination, int] = {
    Destination.WORKER_CONTROL: 10,
    Destination.ORDER_TASKS: 120,
    Destination.POOL_CLAIM: 5,
    Destination.MAINTENANCE: 120,
}


class LogAlarm(NamedTuple):
    """A line of our logs that somebody has to hear of, and where it says what to do."""

    says: str
    page: str
    above: int = 0


# One user's wrong key is that user's; the same from many is a broker. A restart says a few lines.
_LOG_ALARMS: Mapping[str, LogAlarm] = {
    "alert_failed": LogAlarm("An alert met a fault of ours", "slow-edge"),
    "alert_not_recorded": LogAlarm("Alerts cannot be recorded", "postgresql-lost"),
    "broker_session_failed": LogAlarm("Sessions with brokers do not open", "broker-down", above=10),
    "foreign_command": LogAlarm("A command reached the worker of another user", "secret-leak"),
    "hints_unavailable": LogAlarm("Workers are not told of orders", "valkey-lost", above=5),
    "order_attempt_failed": LogAlarm("Orders cannot be tried", "stuck-queued", above=3),
    "order_not_resolved": LogAlarm("What became of an order is not known", "unknown"),
    "worker_hung": LogAlarm("A worker runs and serves nobody", "worker-flapping"),
    "worker_not_started": LogAlarm("A user gets no worker", "stuck-queued"),
}


def agreed() -> dict[str, Any]:
    """Return all of it, as plain values."""
    return {
        "queues": queues(),
        "functions": {name: msgspec.to_builtins(each) for name, each in sorted(FUNCTIONS.items())},
        "sources": {
            destination.value: {"function": name, "batch_size": batch}
            for destination, (name, batch) in SOURCES.items()
        },
        "schedules": {
            each.function.name: {"rate": _rate(each.every.total_seconds())}
            for each in SCHEDULES.values()
        },
        "oldest_age_seconds": {each.value: age for each, age in _OLDEST.items()},
        "worker": {
            "container": EcsSettings.__struct_defaults__[0],
            "cpu": _WORKER_CPU,
            "memory_mib": _WORKER_MIB,
            "sends_to": [Destination.WORKER_CONTROL.value, Destination.MAINTENANCE.value],
            "stop_timeout_seconds": int(STOP_TIMEOUT.total_seconds()),
        },
        "logins": {
            short_name(role): {"user": role, "variable": variable}
            for role, variable in sorted(VARIABLES.items())
        },
        "edge": {"port": EdgeSettings().port, "largest_body_bytes": _LARGEST_BODY},
        "package": {"runtime": RUNTIME, "architecture": ARCHITECTURE},
        "log_alarms": {event: each._asdict() for event, each in _LOG_ALARMS.items()},
        "tradingview_addresses": list(_TRADINGVIEW),
    }


def queues() -> dict[str, dict[str, Any]]:
    """Return each destination's queue in Terraform's words."""
    made = queues_of(LANES, prefix="")
    return {
        destination.value: _in_words(dead, own)
        for destination, dead, own in zip(LANES, made[::2], made[1::2], strict=True)
    }


def _in_words(dead: Queue, own: Queue) -> dict[str, Any]:
    told = own.attributes
    return {
        "fifo": told.get("FifoQueue") == "true",
        "visibility_seconds": int(told["VisibilityTimeout"]),
        "delay_seconds": int(told["DelaySeconds"]),
        "retention_seconds": int(told["MessageRetentionPeriod"]),
        "max_receive_count": own.max_receive_count,
        "deduplication_scope": told.get("DeduplicationScope"),
        "throughput_limit": told.get("FifoThroughputLimit"),
        "dead_visibility_seconds": int(dead.attributes["VisibilityTimeout"]),
        "dead_retention_seconds": int(dead.attributes["MessageRetentionPeriod"]),
    }


def _rate(every: float) -> str:
    minutes, rest = divmod(round(every), 60)
    if rest or minutes < 1:
        msg = f"EventBridge counts whole minutes, not {every} s"
        raise ValueError(msg)
    return "rate(1 minute)" if minutes == 1 else f"rate({minutes} minutes)"


def text() -> bytes:
    """Return the file's content."""
    return msgspec.json.format(msgspec.json.encode(agreed()), indent=2) + b"\n"


def main() -> int:
    """Write the file."""
    FILE.write_bytes(text())
    sys.stdout.write(f"wrote {FILE.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
