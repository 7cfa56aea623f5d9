"""Checks the cloud's infrastructure without a cloud: `make infra-check`.

Form, what the true provider says, Terraform's own tests (tiers, names, policies), checkov, and the
tests of tests/infra: the tables of policies and numbers, the zip, the images.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from infra.local.cloud.plan import HOUSE
from infra.local.cloud.terraform import CODE, TerraformMissingError, workspace
from infra.local.cloud.tools import installed
from infra.local.errors import CloudError
from infra.local.making.bootstrap import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


def terraform_tests() -> None:
    """Run what is beside the house: `tests/*.tftest.hcl`."""
    with workspace("mocked") as space:
        terraform = space.terraform(HOUSE)
        terraform.init()
        say(terraform.run("test", "-no-color").stdout)


def checkov() -> None:
    """Look for known mistakes; what is left alone is in `.checkov.yaml`, each with its reason."""
    command = [
        str(installed("checkov") / "checkov"), "--directory", str(CODE), "--framework", "terraform",
        "--config-file", str(CODE / ".checkov.yaml"), "--skip-download", "--compact", "--quiet",
    ]  # fmt: skip
    _run(command, "checkov")


def tests() -> None:
    """Run tests/infra but for what applies."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "infra", "tests/infra"]
    _run(command, "tests")


def main() -> int:
    """Run all of it; 0 if every part is well."""
    codes = [_part(part) for part in (terraform_tests, checkov, tests)]
    return int(any(codes))


def _part(part: Callable[[], None]) -> int:
    began, name = time.monotonic(), part.__name__.replace("_", " ")
    say(f"--- {name}\n")
    try:
        part()
    except TerraformMissingError as error:
        say(f"TERRAFORM IS MISSING, nothing but parsing was done: {error}\n")
        return 0
    except CloudError as error:
        say(f"--- {name}: FAILED: {error}\n")
        return 1
    say(f"--- {name}: ok, {time.monotonic() - began:.1f} s\n")
    return 0


def _run(command: list[str], name: str) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - the commands are those above
    if done.returncode:
        msg = f"{name} ended with {done.returncode}"
        raise CloudError(msg)


def say(text: str) -> None:
    """Write between the lines of the parts."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
