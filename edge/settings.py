"""What the edge is told by its environment, read once by the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOPBACK = "127.0.0.1"


class EdgeSettingsError(Exception):
    """A variable is missing or wrong; the process should not start.

    Attributes:
        variable: The environment variable to mend.
    """

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable} {problem}")
        self.variable = variable


class EdgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process serves.

    Attributes:
        public_url: Where the outside reaches us; webhook URLs begin with it.
        processes: How many share the port.
        webhook_rate: Alerts a second that one strategy may send for ever.
        webhook_burst: Alerts that one strategy may send at once.
    """

    host: str = _LOOPBACK
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    processes: int = 1
    webhook_rate: float = 100.0
    webhook_burst: int = 1000


def read_settings(environment: Mapping[str, str]) -> EdgeSettings:
    """Read the settings from environment variables.

    Raises:
        EdgeSettingsError: One cannot be understood; it is named.
    """
    host = environment.get("FOURPASS_HOST") or _LOOPBACK
    port = _whole(environment, "FOURPASS_PORT", 8000, most=65_535)
    return EdgeSettings(
        host=host,
        port=port,
        public_url=_public_url(environment, host, port),
        processes=_whole(environment, "FOURPASS_EDGE_PROCESSES", 1, least=1, most=64),
        webhook_rate=_whole(environment, "FOURPASS_WEBHOOK_RATE", 100, least=1),
        webhook_burst=_whole(environment, "FOURPASS_WEBHOOK_BURST", 1000, least=1),
    )


def _whole(
    environment: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int = 1 << 30
) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or not least <= int(text) <= most:
        raise EdgeSettingsError(name, f"must be a whole number from {least} to {most}")
    return int(text)


def _public_url(environment: Mapping[str, str], host: str, port: int) -> str:
    url = environment.get("FOURPASS_PUBLIC_URL", "").rstrip("/")
    if not url:
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    if not url.startswith(("http://", "https://")):
        raise EdgeSettingsError("FOURPASS_PUBLIC_URL", "must begin with http:// or https://")
    return url
