"""The Terraform code itself: its form, what the true provider says, and faults that it must see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from infra.local.cloud.terraform import CODE

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud.terraform import Workspace

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

MODULES = sorted(path for path in (CODE / "modules").iterdir() if path.is_dir())
ENVIRONMENTS = sorted(path for path in (CODE / "envs").iterdir() if path.is_dir())
FILES = sorted(path for path in CODE.rglob("*.tf") if ".terraform" not in path.parts)
VARIABLE = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.DOTALL | re.MULTILINE)
OUTPUT = re.compile(r'^output "(\w+)" \{\n(.*?)^\}', re.DOTALL | re.MULTILINE)
ACCOUNT = re.compile(r"\b\d{12}\b")
REGION = re.compile(r'"(?:us|eu|ap|sa|ca|me|af|il)-[a-z]+-\d[a-z]?"')


def test_all_modules_are_there() -> None:
    assert {path.name for path in MODULES} == {
        "network", "edge", "bus", "store", "vault", "workers", "lambdas", "cache",
        "observability", "house",
    }  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_has_its_files(module: Path) -> None:
    for name in ("main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"):
        assert (module / name).is_file(), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CODE)))
def test_variables_are_typed_and_described(path: Path) -> None:
    text = path.read_text()

    for name, body in VARIABLE.findall(text):
        assert "  description = " in body, name
        assert "  type " in body, name
    for name, body in OUTPUT.findall(text):
        assert "  description = " in body, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CODE)))
def test_no_account_and_no_region_is_written_down(path: Path) -> None:
    text = path.read_text()

    assert ACCOUNT.findall(text) == []
    assert REGION.findall(text) == []


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.name)
def test_an_environment_only_calls_the_house(path: Path) -> None:
    text = "".join(each.read_text() for each in path.glob("*.tf"))

    assert re.findall(r"^(?:resource|data) ", text, re.MULTILINE) == []
    assert re.findall(r'^module "(\w+)"', text, re.MULTILINE) == ["house"]
    assert 'backend "s3"' in text
    assert "use_lockfile = true" in text


def test_it_is_formatted(space: Workspace) -> None:
    assert space.terraform(".").run("fmt", "-check", "-recursive", codes=(0, 3)).stdout == ""


@pytest.mark.parametrize("environment", [path.name for path in ENVIRONMENTS])
def test_the_true_provider_takes_it(space: Workspace, environment: str) -> None:
    terraform = space.terraform(f"envs/{environment}")
    terraform.init()

    said = msgspec.json.decode(terraform.run("validate", "-json", codes=(0, 1)).stdout)

    assert said["diagnostics"] == []


FAULTS = {
    "misspelt": ('resource "aws_sqs_queue" "misspelt" {\n  visibility_timeout = 90\n}\n',
                 "Unsupported argument"),
    "mistyped": ('resource "aws_sqs_queue" "mistyped" {\n  delay_seconds = "soon"\n}\n',
                 "Incorrect attribute value type"),
    "missing": ('resource "aws_kms_alias" "missing" {\n  name = "alias/x"\n}\n',
                "Missing required argument"),
    "dangling": ('output "dangling" {\n  value = aws_sqs_queue.nowhere.arn\n}\n',
                 "Reference to undeclared resource"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(space: Workspace, fault: str) -> None:
    written, summary = FAULTS[fault]
    terraform = space.terraform("modules/cache")
    terraform.init()
    file = terraform.folder / "fault.tf"
    file.write_text(written)

    try:
        said = msgspec.json.decode(terraform.run("validate", "-json", codes=(0, 1)).stdout)
    finally:
        file.unlink()

    assert summary in [each["summary"] for each in said["diagnostics"]]
