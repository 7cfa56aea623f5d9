"""What happens between open stores and the first process: schema, then demo data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bus.values import SystemClock
from infra.local.demo import make_demo
from infra.local.letting_in import let_in, required_logins
from infra.local.logins import VARIABLES, are_separated
from infra.local.schema import bring_up_to_date
from infra.local.settings import APP_DATABASE_VARIABLE, DATABASE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.demo import KeysGone, Made
    from infra.local.settings import LocalSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger("up")


async def prepare(
    settings: LocalSettings, environment: Mapping[str, str], base_url: str
) -> Made | KeysGone | None:
    """Bring the schema up to date, let the roles in and, on a first start, make the demo user."""
    database_url = environment[DATABASE_VARIABLE]
    applied = await bring_up_to_date(database_url)
    if applied:
        log.info("schema_brought_up_to_date", applied=applied)
    if settings.database_url is None:
        await let_in(database_url, required_logins(environment))
    elif not are_separated(environment):
        log.warning("database_roles_not_separated", set=sorted(VARIABLES.values()))
    if not settings.with_demo:
        return None
    return await make_demo(
        settings.data_dir,
        database_url=environment[APP_DATABASE_VARIABLE],
        base_url=base_url,
        clock=SystemClock(),
    )
