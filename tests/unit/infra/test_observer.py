"""What the observer refuses to start with."""

from __future__ import annotations

import os

import pytest

from infra.local.observing.observer import main

GIVEN = {
    "FOURPASS_DATABASE_URL": "memory:",
    "FOURPASS_VALKEY_URL": "memory:",
}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_OTLP_ENDPOINT", "collector"),
        ("FOURPASS_METRICS_ADDRESS", "9464"),
        ("FOURPASS_CANARY_WEBHOOK_URL", "nowhere"),
    ],
)
def test_wrong_setting_ends_it_with_its_name(
    variable: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main({**GIVEN, variable: value}) == os.EX_CONFIG
    assert variable in capsys.readouterr().err
