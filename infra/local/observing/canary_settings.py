"""Whether there is a canary, and where it flies; read from the environment once, by a root."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from bus.environment import whole_number
from telemetry.errors import TelemetrySettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

URL_VARIABLE = "FOURPASS_CANARY_WEBHOOK_URL"
EVERY_VARIABLE = "FOURPASS_CANARY_EVERY_S"
_SHORTEST, _DEFAULT, _LONGEST = 10, 60, 3600


class CanarySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the canary flies, and how often (in seconds)."""

    url: str
    every: float

    def __repr__(self) -> str:
        return f"CanarySettings(every={self.every})"


def read_canary_settings(environment: Mapping[str, str]) -> CanarySettings | None:
    """Read the settings; `None` where there is no canary.

    Raises:
        TelemetrySettingsError: A variable cannot be understood; it is named.
    """
    url = environment.get(URL_VARIABLE, "").strip()
    if not url:
        return None
    if urlsplit(url).scheme not in {"http", "https"}:
        raise TelemetrySettingsError(URL_VARIABLE, "must be an http or https URL")
    text = environment.get(EVERY_VARIABLE, "").strip() or str(_DEFAULT)
    every = whole_number(text, least=_SHORTEST, most=_LONGEST)
    if every is None:
        bounds = f"{_SHORTEST} to {_LONGEST}"
        raise TelemetrySettingsError(EVERY_VARIABLE, f"must be whole seconds from {bounds}")
    return CanarySettings(url=url, every=float(every))
