"""The commands that look at infrastructure, as `make` runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.cloud import check, inventory
from infra.local.cloud.terraform import TerraformMissingError, binary, mirror, workspace
from infra.local.errors import CloudError

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud.plan import Resource

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]


def test_inventory_counts_by_module(
    planned: tuple[Resource, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def plan(_: object) -> tuple[Resource, ...]:
        return planned

    monkeypatch.setattr(inventory, "mocked_plan", plan)

    assert inventory.main() == 0
    assert f"{len(planned)} resources in 9 modules" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (None, 0, "ok"),
        (CloudError("a reason"), 1, "FAILED: a reason"),
        (TerraformMissingError("no `terraform`"), 0, "TERRAFORM IS MISSING"),
    ],
)
def test_a_part_of_the_check_says_how_it_went(
    error: Exception | None,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def part() -> None:
        if error is not None:
            raise error

    for name in ("terraform_tests", "checkov", "tests"):
        monkeypatch.setattr(check, name, part)

    assert check.main() == code
    assert said in capsys.readouterr().out


def test_a_machine_without_terraform_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(TerraformMissingError, match="no `terraform` is on PATH"):
        binary()


def test_a_named_mirror_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOURPASS_TF_MIRROR", str(tmp_path))

    assert mirror() == tmp_path


def test_a_mirror_without_the_provider_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FOURPASS_TF_MIRROR", str(tmp_path))

    with workspace() as space, pytest.raises(TerraformMissingError, match="init"):
        space.terraform("modules/cache").init()
