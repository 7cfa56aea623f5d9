"""Every block of commands in README and docs is run, or says in its first line why it cannot be."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from infra.local.cli import parser
from infra.local.embedded.addresses import free_port
from infra.local.making.bootstrap import ROOT
from tests.docs.pages import PAGES, blocks_of, name_of, runnable

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

# What a block may need; anything else is run.
NEEDS = {
    "AWS", "AWS, and Docker", "Terraform, and minutes", "a PostgreSQL of your own",
    "a clone, and minutes", "a newer version", "a terminal of its own", "an account at Gate.io",
    "an account at SinoPac", "the package index, and a minute",
    "a key of the user's, and the edge's address", "a commit to undo",
}  # fmt: skip
LANGUAGES = {"sh", "json", "text", "hcl"}
COMMANDS = ("make", "curl", "fourpass", "docker", "aws", "terraform", "git", ".venv/", "echo", "$")
_READY_S = 45.0
_RAN = "-- a block was run --"

WITH_COMMANDS = [page for page in PAGES if runnable(page.read_text())]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A folder as a reader has it after `make run`: a house runs there, with demo data."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    log = (folder / "up.log").open("wb")
    command = [".venv/bin/fourpass", "up"]
    environment = {**clean(), "FOURPASS_PORT": str(free_port())}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        ends = monotonic() + _READY_S
        while b"4pass is ready at" not in (said := (folder / "up.log").read_bytes()):
            assert process.poll() is None, said.decode()
            assert monotonic() < ends, said.decode()
            sleep(0.05)
        yield folder
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FOURPASS_")}


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_a_pages_commands_do_what_they_should(house: Path, page: Path) -> None:
    """Blocks follow one another in one shell, as somebody types them who reads the page."""
    blocks = runnable(page.read_text())
    script = "\n".join(f"{each.text}\necho '{_RAN}'" for each in blocks)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=house, env=clean(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.count(_RAN) == len(blocks)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_block_of_commands_hides(page: Path) -> None:
    """What is not marked as `sh`, or stands indented, would never be run."""
    text = page.read_text()
    blocks = blocks_of(text)

    assert text.count("```") == 2 * len(blocks)
    assert {each.language for each in blocks} <= LANGUAGES
    others = [line for each in blocks if each.language != "sh" for line in each.text.splitlines()]
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    indented = [line.strip() for line in outside.splitlines() if line.startswith("    ")]
    assert [line for line in [*others, *indented] if line.startswith(COMMANDS)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_block_that_is_not_run_can_still_be_typed(page: Path) -> None:
    for block in blocks_of(page.read_text()):
        if block.language != "sh" or block.needs is None:
            continue
        assert block.needs in NEEDS
        subprocess.run(["bash", "-n", "-c", block.text], check=True)
        for line in block.text.splitlines():
            if not line.startswith(("make ", ".venv/bin/fourpass ")):
                continue
            words = shlex.split(line, comments=True)
            if words[:1] == ["make"]:
                subprocess.run(
                    ["make", "-n", *words[1:]], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
                )
            else:
                assert parser().parse_args(words[1:]).module
