from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.making import prometheus

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_machine_without_apt_is_told_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prometheus, "_FOLDER", tmp_path)
    monkeypatch.setattr(prometheus, "BIN", tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert prometheus.main() == 0
    assert "NOT TO BE HAD HERE" in capsys.readouterr().err


def test_what_is_unpacked_is_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prometheus, "BIN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "promtool").touch()

    assert prometheus.main() == 0
    assert capsys.readouterr().err == ""
