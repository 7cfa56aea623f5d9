"""PostgreSQL and Valkey as parts of the local profile, with their own data and secrets."""

from __future__ import annotations

from infra.local.embedded.postgres import EmbeddedPostgres, PostgresSettings, open_postgres
from infra.local.embedded.valkey import EmbeddedValkey, ValkeySettings, open_valkey

__all__ = (
    "EmbeddedPostgres",
    "EmbeddedValkey",
    "PostgresSettings",
    "ValkeySettings",
    "open_postgres",
    "open_valkey",
)
