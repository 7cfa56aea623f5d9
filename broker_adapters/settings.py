"""Where brokers are, as the environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from broker_adapters.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Mapping

PAPER_VENUE_VARIABLE = "FOURPASS_PAPER_VENUE_URL"


class BrokerSettingsError(BrokerError, ValueError):
    """A variable cannot be understood; starting again does not help before it is changed."""


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
