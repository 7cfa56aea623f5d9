"""The traces on `docs/traces`, printed by `fourpass trace` of an order of a house that runs.

`python -m tests.e2e.trace_examples` makes them anew, one for each carrier of the queues.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from infra.local.making.bootstrap import ROOT
from tests.e2e.profile import running_profile, until

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.e2e.profile import Profile

FOLDER = ROOT / "docs" / "traces"
CARRIERS = ("valkey", "sqs")
# So that the start of the worker goes over the queue that the example is of.
TOLD = {"FOURPASS_CLAIM_BY_QUEUE": "yes"}

Shape = tuple[tuple[str, str, str, str, tuple[str, ...], str, int], ...]


def example(carrier: str) -> Path:
    """Return where the example of a carrier is."""
    return FOLDER / f"{carrier}.jsonl"


def first_trace(profile: Profile) -> str:
    """Place the first order of a user without a worker, and print its trace once it is whole."""
    order = profile.order(profile.alert(), until_state="filled")

    def printed() -> str | None:
        command = [sys.executable, "-m", "infra.local.cli", "trace", order["id"]]
        told = {"FOURPASS_DATABASE_URL": profile.postgres.dsn()}
        text = subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout
        return text if "process pool-claim" in text else None

    return until(printed, within=20)


def shape_of(lines: Iterable[str]) -> Shape:
    """Return all of a trace that is the same in every run: no ids, no times."""
    spans: list[dict[str, Any]] = [msgspec.json.decode(line) for line in lines]
    named = {span["span_id"]: span["name"] for span in spans}
    return tuple(
        sorted(
            (
                span["service"],
                span["name"],
                span["kind"],
                named.get(span["parent_id"], ""),
                tuple(sorted(span["attributes"])),
                span["attributes"].get("messaging.system", ""),
                len(span["links"]),
            )
            for span in spans
        )
    )


def main() -> None:
    """Write all examples."""
    for carrier in CARRIERS:
        with (
            tempfile.TemporaryDirectory() as folder,
            running_profile(Path(folder), queues=carrier, told=TOLD) as profile,
        ):
            example(carrier).write_text(first_trace(profile))


if __name__ == "__main__":
    main()
