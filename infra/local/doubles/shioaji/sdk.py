"""The installed SDK, loaded as the adapter does: what it writes goes to a private directory."""

from __future__ import annotations

from typing import Any

from broker_adapters.shioaji.driver import load_sdk

sj: Any = load_sdk()
