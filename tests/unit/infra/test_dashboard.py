"""The dashboard's set-up: nothing is done twice, and nothing that changed is passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.making import dashboard

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A checkout with a dashboard, and the steps of npm that were taken in it."""
    spa = tmp_path / "spa"
    for name in ("src/main.ts", "package.json", "package-lock.json", ".npmrc"):
        (spa / name).parent.mkdir(parents=True, exist_ok=True)
        (spa / name).write_text(name)
    (tmp_path / "docs/errors").mkdir(parents=True)
    (tmp_path / "docs/errors/en.md").write_text("# Error codes")
    monkeypatch.setattr(dashboard, "ROOT", tmp_path)
    monkeypatch.setattr(dashboard, "SPA", spa)
    steps: list[tuple[str, ...]] = []

    def take(*line: str) -> None:
        steps.append(line)
        (spa / "node_modules").mkdir(exist_ok=True)
        (spa / "dist").mkdir(exist_ok=True)

    monkeypatch.setattr(dashboard, "step", take)
    return steps


def names(taken: list[tuple[str, ...]]) -> list[str]:
    return ["install" if line[0] == "ci" else line[2] for line in taken]


def test_first_build_installs_and_builds(taken: list[tuple[str, ...]]) -> None:
    assert dashboard.main(["build"]) == 0

    assert names(taken) == ["install", "build"]


def test_second_build_does_nothing(taken: list[tuple[str, ...]]) -> None:
    dashboard.main(["build"])
    dashboard.main(["build"])

    assert names(taken) == ["install", "build"]


@pytest.mark.parametrize("changed", ["spa/src/main.ts", "spa/package.json", "docs/errors/en.md"])
def test_changed_source_is_built_anew(taken: list[tuple[str, ...]], changed: str) -> None:
    dashboard.main(["build"])
    (dashboard.ROOT / changed).write_text("changed")
    dashboard.main(["build"])

    assert names(taken) == ["install", "build", "build"]


def test_changed_lock_is_installed_anew(taken: list[tuple[str, ...]]) -> None:
    dashboard.main(["run", "lint"])
    (dashboard.SPA / "package-lock.json").write_text("changed")
    dashboard.main(["run", "unit"])

    assert names(taken) == ["install", "lint", "install", "unit"]


def test_lost_build_is_made_again(taken: list[tuple[str, ...]]) -> None:
    dashboard.main(["build"])
    (dashboard.SPA / "dist/.built-from").unlink()
    dashboard.main(["build"])

    assert names(taken) == ["install", "build", "build"]


def test_failed_step_leaves_no_stamp(
    taken: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    take = dashboard.step

    def fail(*line: str) -> None:
        take(*line)
        raise dashboard.DashboardError("npm failed")

    monkeypatch.setattr(dashboard, "step", fail)

    assert dashboard.main(["build"]) == 1
    assert dashboard.main(["build"]) == 1
    assert names(taken) == ["install", "install"]


def test_unknown_word_is_refused(taken: list[tuple[str, ...]]) -> None:
    assert dashboard.main(["bake"]) == 2
    assert taken == []
