"""PostgreSQL, Valkey and what plays AWS as parts of the local profile, each in its own folder."""

from __future__ import annotations

from infra.local.embedded.emulator import EmbeddedEmulator, open_emulator
from infra.local.embedded.postgres import EmbeddedPostgres, PostgresSettings, open_postgres
from infra.local.embedded.valkey import EmbeddedValkey, ValkeySettings, open_valkey

__all__ = (
    "EmbeddedEmulator",
    "EmbeddedPostgres",
    "EmbeddedValkey",
    "PostgresSettings",
    "ValkeySettings",
    "open_emulator",
    "open_postgres",
    "open_valkey",
)
