from __future__ import annotations

import json

import pytest

from infra.local.making.audit import CLEAN, UNREACHABLE, WEAK, judge

Package = dict[str, object]


def a_report(*packages: Package) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


FINE: Package = {"name": "anyio", "version": "4.16.0", "vulns": []}
BAD: Package = {"name": "litestar", "version": "2.0.0", "vulns": [{"id": "GHSA-1"}]}
SKIPPED: Package = {"name": "hiredis", "skip_reason": "not found"}


def test_report_without_a_weakness_is_clean() -> None:
    assert judge(a_report(FINE), "") == CLEAN


def test_weakness_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(a_report(FINE, BAD), "") == WEAK
    assert "litestar 2.0.0: GHSA-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "report", ["", "not json", "[]", a_report(), a_report(SKIPPED), a_report(FINE, SKIPPED)]
)
def test_anything_less_than_a_whole_report_is_never_green(report: str) -> None:
    assert judge(report, "ConnectionError: no route to host") == UNREACHABLE
