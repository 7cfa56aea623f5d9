from __future__ import annotations

import secrets
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import asyncpg
import pytest

from infra.local.logins import VARIABLES
from tests.integration.embedded.a_stack import fourpass
from tests.servers.postgres import programs, running_postgres

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.servers.postgres import PostgresServer

AWAY = "postgresql://u:hunter22@127.0.0.1:1/x"
NEWER = "INSERT INTO schema_migrations (number, name, checksum) VALUES (9999, '9999_newer', 'x')"

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


@pytest.fixture
def server() -> Generator[PostgresServer]:
    """A server of one's own, which writes all statements down."""
    with running_postgres() as opened:
        opened.run_sql("ALTER ROLE postgres SET log_statement = 'all'")
        opened.run_sql("ALTER ROLE postgres SET log_min_messages = 'log'")
        yield opened


def logins(dsn: str) -> dict[str, str]:
    """By variable a login of each role; the second half of its password is written as in URLs."""
    host = urlsplit(dsn).netloc.rpartition("@")[2]
    return {
        variable: f"postgresql://{role}:{secrets.token_hex(12)}%27%25@{host}/postgres"
        for role, variable in VARIABLES.items()
    }


def test_roles_log_in_as_told_and_no_password_reaches_the_server(server: PostgresServer) -> None:
    told = logins(server.dsn())

    done = fourpass("migrate", "--logins", FOURPASS_DATABASE_URL=server.dsn(), **told)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("logins of fourpass_app, fourpass_control, fourpass_worker\n")
    assert {
        psql(url, "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = user")
        for url in told.values()
    } == {f"{role}|f|f\n" for role in VARIABLES}
    log = Path(server.run_sql("SHOW data_directory").strip()).with_suffix(".log").read_text()
    assert "ALTER ROLE fourpass_app LOGIN" in log
    assert not [url for url in told.values() if str(urlsplit(url).password)[:24] in log]


def test_a_login_leaves_nothing_under_way_for_as_long_as_others_wait(
    server: PostgresServer,
) -> None:
    told = logins(server.dsn())

    fourpass("migrate", "--logins", FOURPASS_DATABASE_URL=server.dsn(), **told)

    limits = (
        "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings"
        " WHERE name LIKE ANY ('{statement%,idle_in%,transaction%}') AND name LIKE '%_timeout'"
    )
    assert {psql(url, limits) for url in told.values()} == {
        "idle_in_transaction_session_timeout=5000 statement_timeout=8000 transaction_timeout=9000\n"
    }


def test_a_login_that_changed_is_let_in_by_the_new_one_alone(server: PostgresServer) -> None:
    earlier, later = logins(server.dsn()), logins(server.dsn())
    for told in (earlier, later):
        fourpass("migrate", "--logins", FOURPASS_DATABASE_URL=server.dsn(), **told)

    assert all(psql(url, "SELECT 1") == "1\n" for url in later.values())
    for url in earlier.values():
        with pytest.raises(subprocess.CalledProcessError):
            psql(url, "SELECT 1")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "is not set"),
        ("postgresql://fourpass_worker:x@127.0.0.1/x", "must be the login of fourpass_app"),
        ("postgresql://fourpass_app@127.0.0.1/x", "needs a password of printable ASCII"),
        ("postgresql://fourpass_app:%C3%A9@127.0.0.1/x", "needs a password of printable ASCII"),
    ],
)
def test_logins_that_are_no_logins_are_refused_before_anything_is_applied(
    url: str, why: str
) -> None:
    told = {**logins(AWAY), "FOURPASS_APP_DATABASE_URL": url}

    done = fourpass("migrate", "--logins", FOURPASS_DATABASE_URL=AWAY, **told)

    assert (done.returncode, done.stderr) == (78, f"fourpass: FOURPASS_APP_DATABASE_URL {why}\n")


def psql(url: str, statement: str) -> str:
    done = subprocess.run(
        [str(programs() / "psql"), "-XAtq", url, "-c", statement],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_database_of_a_newer_version_is_refused_and_its_migration_named(postgres_dsn: str) -> None:
    fourpass("migrate", FOURPASS_DATABASE_URL=postgres_dsn)
    anyio.run(_apply_what_only_a_newer_version_knows, postgres_dsn)

    done = fourpass("migrate", FOURPASS_DATABASE_URL=postgres_dsn)

    assert done.returncode == 78
    assert "migration 9999, which this version does not know" in done.stderr


async def _apply_what_only_a_newer_version_knows(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(NEWER)
    await connection.close()
