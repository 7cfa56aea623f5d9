from __future__ import annotations

import pytest

from tests.integration.embedded.a_stack import fourpass

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]


def test_schema_is_applied_once(postgres_dsn: str) -> None:
    first = fourpass("migrate", FOURPASS_DATABASE_URL=postgres_dsn)
    second = fourpass("migrate", FOURPASS_DATABASE_URL=postgres_dsn)

    assert (first.returncode, second.returncode) == (0, 0)
    assert "applied 0001_" in first.stdout
    assert second.stdout == "nothing to apply\n"


def test_database_that_is_not_named_is_a_refusal() -> None:
    done = fourpass("migrate")

    assert done.returncode == 78
    assert done.stderr == "fourpass: FOURPASS_DATABASE_URL is not set\n"
