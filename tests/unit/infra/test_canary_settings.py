"""Whether there is a canary."""

from __future__ import annotations

import pytest

from infra.local.observing.canary_settings import read_canary_settings
from telemetry.errors import TelemetrySettingsError

URL = "https://4pass.example/webhook/tradingview/wh_secret"


def test_there_is_none_by_default() -> None:
    assert read_canary_settings({}) is None


def test_it_flies_every_minute_unless_told_otherwise() -> None:
    default = read_canary_settings({"FOURPASS_CANARY_WEBHOOK_URL": URL})
    told = read_canary_settings(
        {"FOURPASS_CANARY_WEBHOOK_URL": URL, "FOURPASS_CANARY_EVERY_S": "300"}
    )

    assert default is not None
    assert (default.url, default.every) == (URL, 60)
    assert told is not None
    assert told.every == 300


def test_its_url_is_a_secret() -> None:
    assert "wh_secret" not in repr(read_canary_settings({"FOURPASS_CANARY_WEBHOOK_URL": URL}))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_CANARY_WEBHOOK_URL", "4pass.example/webhook"),
        ("FOURPASS_CANARY_EVERY_S", "9"),
        ("FOURPASS_CANARY_EVERY_S", "3601"),
        ("FOURPASS_CANARY_EVERY_S", "often"),
    ],
)
def test_what_cannot_be_understood_is_named(variable: str, value: str) -> None:
    with pytest.raises(TelemetrySettingsError, match=variable):
        read_canary_settings({"FOURPASS_CANARY_WEBHOOK_URL": URL, variable: value})
