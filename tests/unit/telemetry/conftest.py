"""Each test of telemetry leaves logging as it found it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _as_before(logging_as_before: None) -> None:
    del logging_as_before
