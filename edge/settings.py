"""What the edge is told by its environment, read once by the root."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from broker_adapters.settings import paper_venue_address
from bus.environment import LOOPBACK, whole_number, yes_or_no
from bus.settings import URL_VARIABLE, BusSettings
from bus.settings import read_settings as read_bus_settings
from edge.build import DEFAULT_FOLDER
from handlers.mail.settings import MailSettings
from handlers.mail.settings import read_settings as read_mail_settings
from handlers.placeholders import problem_of_url
from handlers.store.settings import StoreSettings
from handlers.vault.settings import (
    BOX_VARIABLE,
    SealerSettings,
    key_folder,
    read_sealer_settings,
)
from telemetry.export_settings import EDGE_VARIABLE, ExportSettings, read_export_settings
from telemetry.settings import TelemetrySettings
from telemetry.settings import read_settings as read_telemetry_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWN_HOST = "127.0.0.1"
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, never bound by default


class EdgeSettingsError(ValueError):
    """A variable is missing or wrong; the process should not start.

    Attributes:
        variable: The environment variable to mend.
    """

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable} {problem}")
        self.variable = variable


class EdgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the edge serves.

    Attributes:
        public_url: Where the outside reaches us; webhook URLs begin with it.
        listen_fd: A listening socket inherited from whoever started us, instead of host and port.
        shares_port: Other edge processes may listen on the same port (SO_REUSEPORT).
        claims_by_queue: Warm workers are claimed through the queue `pool-claim`, not by the edge
            itself over Valkey, which is faster.
        webhook_rate: Alerts a second that one strategy may send for ever.
        webhook_burst: Alerts that one strategy may send at once.
        api_rate: Requests a minute that one user may make of the API, over all processes.
        api_rate_per_address: The same for one place, whoever calls from there.
        proxy_hops: How many proxies of ours a request comes through; each adds to X-Forwarded-For.
        dashboard: The folder with the dashboard's build.
    """

    host: str = _OWN_HOST
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    listen_fd: int | None = None
    shares_port: bool = False
    claims_by_queue: bool = False
    webhook_rate: int = 100
    webhook_burst: int = 1000
    api_rate: int = 6000
    api_rate_per_address: int = 12_000
    proxy_hops: int = 0
    dashboard: Path = DEFAULT_FOLDER

    @property
    def is_tls(self) -> bool:
        """Whether people reach us by TLS, and cookies may say so."""
        return self.public_url.startswith("https://")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an edge process needs to start."""

    edge: EdgeSettings
    store: StoreSettings
    paper_venue: str | None
    bus: BusSettings
    mail: MailSettings
    box_keys: Path
    sealer: SealerSettings
    telemetry: TelemetrySettings
    export: ExportSettings


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables.

    Raises:
        ValueError, BusError, TelemetrySettingsError: One is missing or wrong; it is named.
    """
    store = StoreSettings.from_env(environment)
    return Settings(
        edge=read_edge_settings(environment),
        store=store,
        paper_venue=paper_venue_address(environment),
        bus=_bus_settings(environment),
        mail=read_mail_settings(environment),
        box_keys=key_folder(environment, BOX_VARIABLE),
        sealer=read_sealer_settings(environment),
        telemetry=read_telemetry_settings("edge", environment),
        export=read_export_settings(environment, metrics_variable=EDGE_VARIABLE),
    )


def _bus_settings(environment: Mapping[str, str]) -> BusSettings:
    if problem := problem_of_url(environment.get(URL_VARIABLE, "")):
        raise EdgeSettingsError(URL_VARIABLE, problem)
    return read_bus_settings(environment)


def read_edge_settings(environment: Mapping[str, str]) -> EdgeSettings:
    """Read the edge's own settings.

    Raises:
        EdgeSettingsError: One cannot be understood; it is named.
    """
    host = environment.get("FOURPASS_HOST") or _OWN_HOST
    port = _whole(environment, "FOURPASS_PORT", 8000, most=65_535)
    public_url = _public_url(environment, host, port)
    _refuse_cookies_in_the_clear(host, public_url)
    return EdgeSettings(
        host=host,
        port=port,
        public_url=public_url,
        listen_fd=_whole(environment, "FOURPASS_LISTEN_FD", 0, most=65_535) or None,
        shares_port=_yes_or_no(environment, "FOURPASS_SHARE_PORT"),
        claims_by_queue=_yes_or_no(environment, "FOURPASS_CLAIM_BY_QUEUE"),
        webhook_rate=_whole(environment, "FOURPASS_WEBHOOK_RATE", 100, least=1),
        webhook_burst=_whole(environment, "FOURPASS_WEBHOOK_BURST", 1000, least=1),
        api_rate=_whole(environment, "FOURPASS_API_RATE", 6000, least=1),
        api_rate_per_address=_whole(environment, "FOURPASS_API_RATE_PER_ADDRESS", 12_000, least=1),
        proxy_hops=_whole(environment, "FOURPASS_PROXY_HOPS", 0, most=10),
        dashboard=Path(environment.get("FOURPASS_DASHBOARD_DIR") or DEFAULT_FOLDER),
    )


def _refuse_cookies_in_the_clear(host: str, public_url: str) -> None:
    """A cookie without TLS stays on this machine, or anybody on the way has it."""
    if public_url.startswith("https://"):
        return
    if host not in LOOPBACK or urlsplit(public_url).hostname not in LOOPBACK:
        raise EdgeSettingsError(
            "FOURPASS_PUBLIC_URL",
            "must begin with https:// where others reach us: sessions are cookies, and in the"
            " clear they belong on the loopback alone (FOURPASS_HOST is 127.0.0.1 by default)",
        )


def _whole(
    environment: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int = 1 << 30
) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    number = whole_number(text, least=least, most=most)
    if number is None:
        raise EdgeSettingsError(name, f"must be a whole number from {least} to {most}")
    return number


def _yes_or_no(environment: Mapping[str, str], name: str) -> bool:
    is_set = yes_or_no(environment.get(name, ""))
    if is_set is None:
        raise EdgeSettingsError(name, "must be true or false")
    return is_set


def _public_url(environment: Mapping[str, str], host: str, port: int) -> str:
    url = environment.get("FOURPASS_PUBLIC_URL", "").rstrip("/")
    if not url:
        shown = _OWN_HOST if host in _EVERYWHERE else host
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    if not url.startswith(("http://", "https://")):
        raise EdgeSettingsError("FOURPASS_PUBLIC_URL", "must begin with http:// or https://")
    return url
