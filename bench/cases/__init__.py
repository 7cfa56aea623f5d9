"""The cases: one file a hop, each opens what it needs and takes rounds of figures.

`CASES` is what the gate takes, and must not take long; `WHOLE_CASES` is all that there is to see.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.cases.burst import WHOLE, burst
from bench.cases.claim import claim
from bench.cases.control import control
from bench.cases.decode import decode
from bench.cases.edge import edge
from bench.cases.function import function
from bench.cases.gate import gate
from bench.cases.hop import hop
from bench.cases.identity import identity
from bench.cases.path import path
from bench.cases.record import record
from bench.cases.seed import ALL_SEEDS, seed
from bench.cases.sqs import sqs
from bench.cases.telemetry import telemetry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.measure import Case

CASES: Mapping[str, Case] = {
    "decode": decode,
    "record": record,
    "hop": hop,
    "claim": claim,
    "control": control,
    "function": function,
    "edge": edge,
    "telemetry": partial(telemetry, observed=False),
    "path": path,
    "seed": seed,
    "burst": burst,
    "gate": gate,
    "sqs": sqs,
    "identity": identity,
}
WHOLE_CASES: Mapping[str, Case] = {
    **CASES,
    "telemetry": telemetry,
    "seed": partial(seed, ALL_SEEDS),
    "burst": partial(burst, WHOLE),
}
# In the gate: what misses there is measured anew. Of what is only reported one round is enough.
FEW_ROUNDS: Mapping[str, int] = dict.fromkeys(CASES, 3) | dict.fromkeys(
    ("burst", "control", "path", "sqs", "identity"), 1
)

__all__ = ("CASES", "FEW_ROUNDS", "WHOLE_CASES")
