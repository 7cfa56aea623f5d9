"""Runs what is checked, one stage after the other, and sums up at the end: `make test`.

Every stage runs, whatever the others found; a stage that has nothing to run yet says so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from infra.local.making import second_look
from infra.local.making.scratch import in_memory
from infra.local.making.stages import ROOT, Stage, stages

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped)")
TESTS_FAILED, NOTHING_COLLECTED = 1, 5
IN_MEMORY = frozenset({"tests"})
"""Stages whose temporary files are in memory, where they fit."""


class Outcome(NamedTuple):
    """How a stage went; `unsteady` are tests that failed beside others and passed alone.

    `last` is the line that its command ended with.
    """

    stage: Stage
    code: int | None
    seconds: float
    counted: dict[str, int]
    unsteady: tuple[str, ...] = ()
    last: str = ""


class Heard(NamedTuple):
    """What a command ended with and said; `text` is all of it where nobody has seen it yet."""

    code: int
    last: str
    bad: tuple[str, ...]
    text: str = ""


def main(wanted: list[str]) -> int:
    """Run the named stages, or all of them; 0 if every one is well."""
    known = stages()
    unknown = set(wanted) - {stage.name for stage in known}
    if unknown:
        sys.stderr.write(f"checks: no such stage: {', '.join(sorted(unknown))}\n")
        return 2
    chosen = [stage for stage in known if not wanted or stage.name in wanted]
    with ThreadPoolExecutor(1) as lane:
        begun = {stage.name: lane.submit(overhear, stage) for stage in chosen if stage.beside}
        outcomes = [run(stage, begun.get(stage.name)) for stage in chosen]
    summarise(outcomes)
    return int(any(outcome.code for outcome in outcomes))


def run(stage: Stage, begun: Future[Heard] | None = None) -> Outcome:
    """Run one stage and show what it says as it says it, or wait for one that has begun."""
    if stage.needs and not (ROOT / stage.needs).is_file():
        say(f"--- {stage.name}: nothing to run yet")
        return Outcome(stage, None, 0.0, {})
    say(f"--- {stage.name}")
    began = time.monotonic()
    heard = begun.result() if begun else listen(begin(stage, stage.command))
    if begun:
        show(heard.text)
    code: int | None = heard.code
    counted = counts_of(heard.last) if stage.counts else {}
    unsteady: tuple[str, ...] = ()
    if code == TESTS_FAILED and "-n" in stage.command and second_look.is_due(heard.bad):
        say(f"--- {stage.name}: what failed, once more and alone")
        if listen(begin(stage, second_look.again(stage.command))).code == 0:
            code, unsteady = 0, heard.bad
            counted["passed"] = counted.get("passed", 0) + len(unsteady)
            counted = {word: n for word, n in counted.items() if word not in ("failed", "error")}
    if stage.name == "prove" and code == NOTHING_COLLECTED:
        code = None
    return Outcome(stage, code, time.monotonic() - began, counted, unsteady, heard.last)


def begin(stage: Stage, command: tuple[str, ...]) -> subprocess.Popen[str]:
    """Begin a stage's command."""
    environment = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    if stage.name in IN_MEMORY:
        environment |= in_memory()
    return subprocess.Popen(  # noqa: S603 - the commands are those of the stages
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def overhear(stage: Stage) -> Heard:
    """Run a stage to its end and keep what it says."""
    said = list[str]()
    heard = listen(begin(stage, stage.command), said.append)
    return heard._replace(text="".join(said))


def listen(process: subprocess.Popen[str], tell: Callable[[str], None] | None = None) -> Heard:
    """Tell what a command says, as it says it, until it ends; show it if nobody is to be told."""
    last, bad = "", list[str]()
    with process:
        for line in process.stdout or ():
            (tell or show)(line)
            last = line.strip() or last
            if test := second_look.bad_test(line):
                bad.append(test)
    return Heard(process.returncode, last, tuple(dict.fromkeys(bad)))


def counts_of(line: str) -> dict[str, int]:
    """Read a test run's closing line."""
    return {word.rstrip("s") if word.startswith("error") else word: int(number)
            for number, word in COUNTS.findall(line)}  # fmt: skip


def summarise(outcomes: list[Outcome]) -> None:
    """Say how each stage went, and how many tests there were, on the last line."""
    say("--- summary")
    for outcome in outcomes:
        code = outcome.code
        word = "nothing to run yet" if code is None else "ok" if code == 0 else f"FAILED ({code})"
        say(f"{outcome.stage.name:<10} {word:<20} {outcome.seconds:7.1f} s")
        if code:
            say(f"{'':<10} {outcome.last}")
        for test in outcome.unsteady:
            say(f"{'':<10} unsteady, passed alone: {test}")
    say(f"{'all':<10} {'':<20} {sum(outcome.seconds for outcome in outcomes):7.1f} s")
    if any(outcome.stage.counts for outcome in outcomes):
        total = {word: sum(outcome.counted.get(word, 0) for outcome in outcomes)
                 for word in ("passed", "failed", "error", "skipped")}  # fmt: skip
        bad = total["failed"] + total["error"]
        unsteady = sum(len(outcome.unsteady) for outcome in outcomes)
        noted = f", {unsteady} of them unsteady" if unsteady else ""
        say(f"{total['passed']} passed{noted}, {bad} failed, {total['skipped']} skipped")


def say(line: str) -> None:
    """Write a line of our own between those of the stages."""
    show(f"{line}\n")


def show(text: str) -> None:
    """Write at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
