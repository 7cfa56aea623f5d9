"""Where telemetry goes, as the environment says it."""

from __future__ import annotations

import pytest

from telemetry.errors import TelemetrySettingsError
from telemetry.export_settings import read_export_settings


def test_nobody_is_told_by_default() -> None:
    settings = read_export_settings({})

    assert not settings.is_anywhere
    assert settings.trace_ratio == 0.01


def test_everything_is_read() -> None:
    settings = read_export_settings(
        {
            "FOURPASS_OTLP_ENDPOINT": "http://collector:4318/",
            "FOURPASS_TRACE_RATIO": "0.5",
            "FOURPASS_METRICS_ADDRESS": "[::1]:9464",
        }
    )

    assert settings.otlp_endpoint == "http://collector:4318"
    assert settings.trace_ratio == 0.5
    assert settings.metrics_address == ("::1", 9464)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_OTLP_ENDPOINT", "collector:4318"),
        ("FOURPASS_OTLP_ENDPOINT", "http://[::1"),
        ("FOURPASS_OTLP_ENDPOINT", "http://:4318"),
        ("FOURPASS_TRACE_RATIO", "2"),
        ("FOURPASS_TRACE_RATIO", "nan"),
        ("FOURPASS_TRACE_RATIO", "often"),
        ("FOURPASS_METRICS_ADDRESS", "9464"),
        ("FOURPASS_METRICS_ADDRESS", "127.0.0.1:0"),
        ("FOURPASS_METRICS_ADDRESS", "127.0.0.1:65536"),
        ("FOURPASS_METRICS_ADDRESS", "127.0.0.1:http"),
    ],
)
def test_what_cannot_be_understood_is_named(variable: str, value: str) -> None:
    with pytest.raises(TelemetrySettingsError, match=variable):
        read_export_settings({variable: value})
