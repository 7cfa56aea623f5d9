"""The traces on `docs/traces`, printed by `fourpass trace` of an order of a house that runs.

`python -m tests.e2e.trace_examples` makes them anew, one for each carrier of the queues, and beside
each the picture of how the dashboard shows the same order (`make dashboard` first), and the picture
of an order on the first page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from infra.local.making.bootstrap import ROOT
from tests.e2e.profile import running_profile, until
from tests.e2e.small_png import packed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.e2e.profile import Profile

FOLDER = ROOT / "docs" / "traces"
CARRIERS = ("valkey", "sqs")
# So that the start of the worker goes over the queue that the example is of.
TOLD = {"FOURPASS_CLAIM_BY_QUEUE": "yes"}

ASKED_AGAIN = "worker-control"

Shape = tuple[tuple[str, str, str, str, tuple[str, ...], str, int], ...]


def example(carrier: str) -> Path:
    """Return where the example of a carrier is."""
    return FOLDER / f"{carrier}.jsonl"


def first_order(profile: Profile) -> str:
    """Place the first order of a user without a worker; return its id."""
    return profile.order(profile.alert(), until_state="filled")["id"]


def trace_of(profile: Profile, order: str) -> str:
    """Print an order's trace once it is whole."""

    def printed() -> str | None:
        command = [sys.executable, "-m", "infra.local.cli", "trace", order]
        told = {"FOURPASS_DATABASE_URL": profile.postgres.dsn()}
        text = subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout
        return text if "process pool-claim" in text else None

    return until(printed, within=20)


def shape_of(lines: Iterable[str]) -> Shape:
    """Return all of a trace that is the same in every run: no ids, no times.

    On a busy machine the relay asks for the worker a second time before the first one is there.
    """
    told: list[dict[str, Any]] = [msgspec.json.decode(line) for line in lines]
    spans = [span for span in told if not span["name"].endswith(ASKED_AGAIN)]
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


def take_picture(profile: Profile, order: str, png: Path) -> None:
    """Take a picture of an order's page in a real browser."""
    told = {
        "DEMO_FILE": str(profile.folder / "data" / "demo.json"),
        "ORDER": order,
        "PNG": str(png),
    }
    command = [sys.executable, "-m", "infra.local.making.dashboard", "run", "shots"]
    subprocess.run(command, env={**os.environ, **told}, check=True, stdout=subprocess.DEVNULL)
    png.write_bytes(packed(png.read_bytes()))


def main() -> None:
    """Write all examples."""
    for carrier in CARRIERS:
        with (
            tempfile.TemporaryDirectory() as folder,
            running_profile(Path(folder), queues=carrier, told=TOLD) as profile,
        ):
            order = first_order(profile)
            example(carrier).write_text(trace_of(profile, order))
            take_picture(profile, order, example(carrier).with_suffix(".png"))
            # The one on the first page is of an order whose worker runs.
            warm = profile.alert(ticker="ETHUSDT", quantity="1.5", price="3112.4")
            shown = profile.order(warm, until_state="filled")["id"]
            take_picture(profile, shown, ROOT / "docs" / "images" / "order.png")


if __name__ == "__main__":
    main()
