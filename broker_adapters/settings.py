"""Where brokers are, as the environment says."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from broker_adapters.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Mapping

PAPER_VENUE_VARIABLE = "FOURPASS_PAPER_VENUE_URL"
GATEIO_VARIABLE = "FOURPASS_GATEIO_BASE_URL"
SHIOAJI_VARIABLE = "FOURPASS_SHIOAJI_SDK"
_API = "/api/v4"


class BrokerSettingsError(BrokerError, ValueError):
    """A variable cannot be understood; starting again does not help before it is changed."""


def stand_ins(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in for real brokers, by their names; nothing of who is met in earnest.

    Raises:
        BrokerSettingsError: A variable cannot be understood; it is named.
    """
    read = {name: reader(environment) for name, reader in _STAND_INS.items()}
    return {name: stand_in for name, stand_in in read.items() if stand_in is not None}


def paper_venue_address(environment: Mapping[str, str]) -> str | None:
    """Return where the paper venue is a process of its own; `None` where it is beside the record.

    Raises:
        BrokerSettingsError: The variable is no `tcp://host:port`; it is named.
    """
    address = environment.get(PAPER_VENUE_VARIABLE, "").strip()
    if not address:
        return None
    try:
        place = urlsplit(address)
        is_place = place.scheme == "tcp" and bool(place.hostname) and bool(place.port)
    except ValueError:
        is_place = False
    if not is_place:
        msg = f"{PAPER_VENUE_VARIABLE} must be tcp://host:port"
        raise BrokerSettingsError(msg)
    return address


def gateio_address(environment: Mapping[str, str]) -> str | None:
    """Return where Gate's API is instead of at its own hosts, without `/api/v4`; `None`: there.

    Keys and orders go there: in clear text only within this machine.

    Raises:
        BrokerSettingsError: The variable is no such address; it is named.
    """
    address = environment.get(GATEIO_VARIABLE, "").strip().rstrip("/").removesuffix(_API)
    if not address:
        return None
    try:
        place = urlsplit(address)
        is_place = bool(place.hostname) and (place.port is None or place.port > 0)
    except ValueError:
        is_place = False
        place = urlsplit("")
    is_safe = place.scheme == "https" or (place.scheme == "http" and is_loopback(address))
    has_more = bool(place.path or place.query or place.fragment or place.username)
    if not is_place or not is_safe or has_more:
        msg = f"{GATEIO_VARIABLE} must be https://host[:port], or http:// to this machine alone"
        raise BrokerSettingsError(msg)
    return address


def shioaji_module(environment: Mapping[str, str]) -> str | None:
    """Return the module that stands in for SinoPac's SDK; `None`: the SDK itself.

    Raises:
        BrokerSettingsError: The variable is no module's name; it is named.
    """
    name = environment.get(SHIOAJI_VARIABLE, "").strip()
    if not name:
        return None
    if not all(part.isidentifier() for part in name.split(".")):
        msg = f"{SHIOAJI_VARIABLE} must be a module's name, as a.b.c"
        raise BrokerSettingsError(msg)
    return name


def is_loopback(url: str) -> bool:
    """Tell whether an address leads to this machine alone."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


_STAND_INS = {"gateio": gateio_address, "shioaji": shioaji_module}
