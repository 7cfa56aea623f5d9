from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from infra.local.making import bootstrap
from infra.local.making.bootstrap import ROOT, SetupError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that was never set up."""
    for name, value in {
        "TOOLS": tmp_path / ".tools",
        "VENV": tmp_path / ".venv",
        "STAMP": tmp_path / ".venv" / ".set-up",
        "EMULATOR": tmp_path / ".tools" / "emulator",
        "PLACE": tmp_path / ".venv" / ".made-from",
        "LOCK_FILE": tmp_path / "dev.txt",
        "PEERS_LOCK": tmp_path / "peers.txt",
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    for lock in ("dev.txt", "peers.txt"):
        (tmp_path / lock).write_text("anyio==4.16.0 \\\n    --hash=sha256:00\n")
    (tmp_path / ".venv").mkdir()
    return tmp_path


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a set-up would have run, without running it."""
    taken: list[str] = []

    def record(command: list[str], _environ: object = None) -> None:
        taken.append(" ".join(command[1:3]))

    def succeed(command: list[str], _environ: object) -> bool:
        record(command)
        return True

    monkeypatch.setattr(bootstrap, "step", record)
    monkeypatch.setattr(bootstrap, "is_done", succeed)
    monkeypatch.setattr(bootstrap, "install_uv", lambda: "uv")
    monkeypatch.setattr(bootstrap, "uv_environment", dict)
    return taken


@pytest.mark.usefixtures("checkout")
def test_everything_is_installed_on_a_fresh_checkout(steps: list[str]) -> None:
    bootstrap.set_up()

    assert steps == [
        "venv --quiet",
        "pip sync",
        "pip install",
        "pip install",
        "venv --quiet",
        "pip sync",
    ]


@pytest.mark.usefixtures("checkout", "steps")
def test_missing_wheel_of_shioaji_is_told_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> bool:
        return False

    monkeypatch.setattr(bootstrap, "is_done", fail)

    assert bootstrap.main() == 0

    assert "no wheel of shioaji" in capsys.readouterr().out


@pytest.mark.usefixtures("checkout")
def test_second_set_up_does_nothing(steps: list[str]) -> None:
    bootstrap.set_up()
    steps.clear()

    assert bootstrap.main() == 0
    bootstrap.set_up()

    assert steps == []


def test_changed_lock_is_installed_anew(checkout: Path, steps: list[str]) -> None:
    bootstrap.set_up()
    (checkout / "dev.txt").write_text("anyio==4.17.0 \\\n    --hash=sha256:11\n")
    steps.clear()

    bootstrap.set_up()

    assert "pip sync" in steps


def test_interrupted_set_up_is_not_taken_for_a_finished_one(
    checkout: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.set_up()
    (checkout / "dev.txt").write_text("other==1 \\\n    --hash=sha256:11\n")

    def fail(*_: object) -> None:
        raise SetupError("no network")

    monkeypatch.setattr(bootstrap, "step", fail)
    with pytest.raises(SetupError):
        bootstrap.set_up()

    assert not bootstrap.STAMP.exists()
    assert steps


@pytest.fixture
def working_venv(checkout: Path) -> Path:
    """An environment that a set-up of this checkout made."""
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    bootstrap.PLACE.write_text(bootstrap.made_from())
    return checkout / ".venv"


@pytest.mark.usefixtures("working_venv")
def test_environment_that_was_made_here_is_used_again() -> None:
    assert bootstrap.venv_is_usable()


@pytest.mark.usefixtures("working_venv")
def test_environment_that_was_copied_from_elsewhere_is_not_usable() -> None:
    bootstrap.PLACE.write_text("/somewhere/else/.venv 3.11")

    assert not bootstrap.venv_is_usable()


def test_environment_whose_interpreter_is_gone_is_not_usable(working_venv: Path) -> None:
    (working_venv / "bin" / "python").unlink()

    assert not bootstrap.venv_is_usable()


def test_missing_node_is_one_clear_line() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "infra" / "local" / "making" / "bootstrap.py"],
        env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "setup: Node 20.19 or newer is needed, and no `node` is on PATH\n"


@pytest.mark.usefixtures("checkout")
def test_old_node_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v18.19.0\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(SetupError, match=r"is v18\.19\.0"):
        bootstrap.check_machine()


def test_old_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))

    with pytest.raises(SetupError, match=r"is 3\.10\.12"):
        bootstrap.check_machine()


def test_uv_gets_the_index_that_pip_is_set_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/nowhere")
    pip = {"index-url": "https://index.example/simple", "cert": "/etc/ca.pem"}
    monkeypatch.setattr(bootstrap, "pip_settings", lambda: pip)

    environ = bootstrap.uv_environment()

    assert environ["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert environ["SSL_CERT_FILE"] == "/etc/ca.pem"


def test_index_that_uv_is_set_up_for_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    monkeypatch.setattr(bootstrap, "pip_settings", lambda: {"index-url": "https://pip.example"})

    assert bootstrap.uv_environment()["UV_DEFAULT_INDEX"] == "https://own.example/simple"


@pytest.mark.usefixtures("checkout")
def test_packages_of_the_lock_are_counted() -> None:
    assert bootstrap.count_packages() == 1


@pytest.mark.parametrize("targets", ["", "help"])
def test_make_alone_lists_every_target_with_its_line(targets: str) -> None:
    done = subprocess.run(
        ["make", *targets.split()], cwd=ROOT, capture_output=True, text=True, check=True
    )

    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert {"setup", "run", "test", "unit", "lint", "types", "bench", "prove", "audit", "lock",
            "clean"} <= listed  # fmt: skip
