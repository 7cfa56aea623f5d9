"""The product's promises on speed, each beside what was measured: met, missed, or not measured.

A budget gates and may stand where a promise is not kept yet; these are the promises themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Promise(NamedTuple):
    """What was promised of a figure: at most so much."""

    what: str
    figure: str
    at_most: float


PROMISES = (
    Promise("edge CPU an alert, over raw ASGI", "edge.cpu_over_raw_asgi", 1.3),
    Promise("edge CPU an alert, over the seed", "seed.edge_cpu_us_over_seed", 0.25),
    Promise("alert to broker call p50, over the seed", "seed.alert_to_call_p50_ms_over_seed", 0.6),
    Promise(
        "alert to broker call p50, over the floor", "seed.alert_to_call_p50_ms_over_floor", 1.5
    ),
    Promise("executed a second, the seed's over ours", "seed.seed_executed_per_second_over_ours",
            1 / 5),
    Promise("wake-up, over LPUSH's round trip", "hop.wakeup_over_lpush", 3.0),
    Promise("burst, last 202, over the seed", "burst.last_202_s_over_seed", 0.4),
    Promise("burst, last broker call, over the seed", "burst.last_call_s_over_seed", 0.4),
    Promise("burst, answers later than 3 s", "burst.answers_above_3_s", 0.0),
    Promise("warm claim, over a cold start", "claim.warm_over_cold", 1 / 100),
    Promise("warm claim to ready p50, ms", "control.valkey_warm_claim_to_ready_p50_ms", 50.0),
    Promise("function's cold start, over usual", "function.zip_cold_start_cpu_over_usual", 0.4),
    Promise("memory of an idle worker, MiB", "claim.private_mib_per_idle_worker", 4.0),
    Promise("worker CPU an order, over the seed", "seed.worker_cpu_us_over_seed", 0.25),
    Promise("edge CPU with telemetry, over without", "telemetry.told_edge_over_edge_cpu", 1.15),
)  # fmt: skip


def as_table(figures: Mapping[str, float], promises: tuple[Promise, ...] = PROMISES) -> str:
    """Return the promises whose figures were measured, one a line; nothing if none was."""
    measured = [promise for promise in promises if promise.figure in figures]
    if not measured:
        return ""
    width = max(len(promise.what) for promise in measured)
    lines = [f"{'promised':{width}}  {'at most':>8}  {'measured':>9}"]
    for promise in measured:
        value = figures[promise.figure]
        verdict = "met" if value <= promise.at_most else "MISSED"
        lines.append(f"{promise.what:{width}}  {promise.at_most:8.3g}  {value:9.3g}  {verdict}")
    return "\n".join(lines)
