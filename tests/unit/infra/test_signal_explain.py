from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from infra.local import cli
from infra.local.commands import signal_explain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNDERSTOOD = '{"ticker":"BTCUSDT","action":"buy","quantity":"0.05"}'


@pytest.fixture
def explained(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Ask for the explanation of a body on standard input, or of a file."""

    def ask(*line: str, body: str = "") -> tuple[int, dict[str, Any]]:
        stdin = SimpleNamespace(buffer=io.BytesIO(body.encode()))
        monkeypatch.setattr(signal_explain.sys, "stdin", stdin)
        code = cli.main(["signal", "explain", *line])
        return code, json.loads(capfdbinary.readouterr().out)

    return ask


def test_body_that_is_understood_exits_0(
    explained: Callable[..., tuple[int, dict[str, Any]]],
) -> None:
    code, told = explained(body=UNDERSTOOD)

    assert (code, told["status"], told["signal"]["ticker"]) == (0, "ok", "BTCUSDT")


def test_body_that_is_not_understood_exits_1_and_names_its_code(
    explained: Callable[..., tuple[int, dict[str, Any]]],
) -> None:
    code, told = explained(body='{"ticker":')

    assert (code, told["status"], told["code"]) == (1, "error", "malformed_json")


def test_body_can_come_from_a_file(
    explained: Callable[..., tuple[int, dict[str, Any]]], tmp_path: Path
) -> None:
    (tmp_path / "alert.json").write_text(UNDERSTOOD)

    code, told = explained(str(tmp_path / "alert.json"), "--content-type", "text/plain")

    assert (code, told["status"]) == (0, "ok")


def test_file_that_cannot_be_read_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["signal", "explain", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.endswith("nowhere cannot be read: No such file or directory\n")
