"""What `up` says of the logins that it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from infra.local.logins import named_logins
from infra.local.settings import LocalSettings
from infra.local.steps import prepare
from tests.servers.postgres import shared_postgres
from tests.servers.roles import let_in, logins_at

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.mark.parametrize("are_named", [False, True])
async def test_one_login_for_all_is_told_plainly(
    postgres_dsn: str, tmp_path: Path, *, are_named: bool
) -> None:
    let_in(shared_postgres())
    named = logins_at(postgres_dsn) if are_named else {}
    told = {"FOURPASS_DATABASE_URL": postgres_dsn, **named_logins(named, postgres_dsn)}
    settings = LocalSettings(data_dir=tmp_path, database_url=postgres_dsn)

    with capture_logs() as said:
        made = await prepare(settings, told, "http://127.0.0.1:1")

    events = {line["event"] for line in said}
    assert made is not None
    assert ("database_roles_not_separated" in events) is not are_named
