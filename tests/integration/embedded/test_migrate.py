from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.integration.embedded.a_stack import fourpass

if TYPE_CHECKING:
    from pathlib import Path

AWAY = "postgresql://u:hunter22@127.0.0.1:1/x"

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


@pytest.mark.parametrize("command", [("migrate",), ("up", "--port", "0")])
def test_database_that_is_away_is_one_clear_line_without_its_password(
    data_dir: Path, command: tuple[str, ...]
) -> None:
    done = fourpass(
        *command,
        FOURPASS_DATABASE_URL=AWAY,
        FOURPASS_DATA_DIR=str(data_dir),
        FOURPASS_LOG_LEVEL="error",
    )

    why = "the database of FOURPASS_DATABASE_URL cannot be reached: connection refused"
    assert (done.returncode, done.stderr) == (1, f"fourpass: {why}\n")


def test_database_that_does_not_exist_is_told_in_the_servers_words(postgres_dsn: str) -> None:
    whole = urlsplit(postgres_dsn)
    nowhere = whole._replace(path="/no_such_database").geturl()

    done = fourpass("migrate", FOURPASS_DATABASE_URL=nowhere)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert 'database "no_such_database" does not exist' in done.stderr
