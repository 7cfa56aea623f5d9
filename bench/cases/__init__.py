"""The cases: one file a hop, each opens what it needs and takes rounds of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from bench.cases.sqs import sqs

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
    "path": path,
    "gate": gate,
    "sqs": sqs,
    "identity": identity,
}

__all__ = ("CASES",)
