"""The worker's root: opens record, post and brokers, and serves one user with them."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio

from broker_adapters.registry import open_broker
from bus.errors import SettingsError
from bus.ids import uuid7
from bus.open import open_bus
from bus.values import SystemClock, UserId, WorkerId
from handlers.launcher.wire import Launch, Report
from handlers.store.open import open_store
from telemetry.errors import TelemetrySettingsError
from telemetry.logs import configure as configure_logs
from telemetry.settings import read_settings as read_telemetry_settings
from worker_runtime.drain import Drain, on_signals
from worker_runtime.errors import WorkerSettingsError
from worker_runtime.pool import wait_for_user
from worker_runtime.ports import Ports
from worker_runtime.serving import serve_user
from worker_runtime.settings import read_settings
