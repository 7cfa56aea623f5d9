from __future__ import annotations

import logging

import pytest

from telemetry.errors import TelemetrySettingsError
from telemetry.settings import LogFormat, read_settings


def test_nothing_set_means_info_in_the_form_that_fits_the_place() -> None:
    settings = read_settings("edge", {})

    assert (settings.service, settings.log_format, settings.level) == (
        "edge",
        LogFormat.AUTO,
        logging.INFO,
    )


def test_format_and_level_are_read() -> None:
    settings = read_settings(
        "edge", {"FOURPASS_LOG_FORMAT": "json", "FOURPASS_LOG_LEVEL": "WARNING"}
    )

    assert (settings.log_format, settings.level) == (LogFormat.JSON, logging.WARNING)


@pytest.mark.parametrize("variable", ["FOURPASS_LOG_FORMAT", "FOURPASS_LOG_LEVEL"])
def test_unknown_word_is_refused_and_its_variable_named(variable: str) -> None:
    with pytest.raises(TelemetrySettingsError, match=variable):
        read_settings("edge", {variable: "loud"})
