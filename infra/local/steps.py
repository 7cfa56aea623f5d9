"""What happens between open stores and the first process: schema, then demo data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.settings import LocalSettings


async def prepare(settings: LocalSettings, environment: Mapping[str, str], base_url: str) -> None:
    """Bring the schema up to date and, on a first start, make the demo user."""
    del settings, environment, base_url
