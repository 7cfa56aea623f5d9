from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.errors import RefusedError, as_local
from infra.local.settings import Choices, data_dir, read_settings, required_url, shown_address

NOTHING = Choices()


def test_nothing_set_means_a_quiet_local_profile() -> None:
    settings = read_settings({}, NOTHING)

    assert (settings.host, settings.port, settings.queues) == ("127.0.0.1", 8000, "valkey")
    assert settings.data_dir == Path.cwd() / ".4pass"
    assert settings.with_demo
    assert settings.database_url is None


def test_environment_is_read() -> None:
    settings = read_settings(
        {"FOURPASS_PORT": "9000", "FOURPASS_DATA_DIR": "/data", "FOURPASS_HOST": "::1"}, NOTHING
    )

    assert (settings.port, settings.data_dir, settings.host) == (9000, Path("/data"), "::1")


def test_cookies_in_the_clear_on_a_public_address_are_refused() -> None:
    with pytest.raises(ValueError, match="FOURPASS_PUBLIC_URL") as refused:
        read_settings({"FOURPASS_HOST": "0.0.0.0"}, NOTHING)

    told = as_local(refused.value)
    assert told is not None
    assert told.exit_code == 78


def test_command_line_wins_over_the_environment() -> None:
    settings = read_settings(
        {"FOURPASS_PORT": "9000", "FOURPASS_DATA_DIR": "/data", "FOURPASS_QUEUES": "sqs"},
        Choices(port=9001, data_dir=Path("/other"), queues="valkey"),
    )

    assert (settings.port, settings.data_dir, settings.queues) == (9001, Path("/other"), "valkey")


def test_data_folder_is_whole_wherever_a_child_works() -> None:
    assert data_dir({"FOURPASS_DATA_DIR": "here"}, None).is_absolute()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_PORT", "eight"),
        ("FOURPASS_PORT", "65536"),
        ("FOURPASS_PORT", "-1"),
        ("FOURPASS_PORT", "\u0661"),
        ("FOURPASS_EDGE_PROCESSES", "0"),
        ("FOURPASS_QUEUES", "pigeons"),
        ("FOURPASS_DATABASE_URL", "mysql://db/x"),
        ("FOURPASS_DATABASE_URL", "postgresql://db:port/x"),
        ("FOURPASS_DATABASE_URL", "postgresql://app:changeme@db/x"),
        ("FOURPASS_DATABASE_URL", "postgresql://app:<password>@db/x"),
        ("FOURPASS_VALKEY_URL", "redis://:your-password@valkey/0"),
        ("FOURPASS_VALKEY_URL", "localhost:6379"),
        ("FOURPASS_AWS_ENDPOINT_URL", "127.0.0.1:4566"),
    ],
)
def test_wrong_or_placeholder_value_is_refused_and_its_variable_named(
    variable: str, value: str
) -> None:
    with pytest.raises(RefusedError, match=variable) as refused:
        read_settings({variable: value}, NOTHING)

    assert refused.value.exit_code == 78
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "chosen"), [({"FOURPASS_QUEUES": "sqs"}, None), ({}, "sqs")]
)
def test_queues_may_be_on_sqs(environment: dict[str, str], chosen: str | None) -> None:
    assert read_settings(environment, Choices(queues=chosen)).queues == "sqs"


def test_port_outside_the_range_is_refused_on_the_command_line_too() -> None:
    with pytest.raises(RefusedError, match="--port"):
        read_settings({}, Choices(port=70_000))


def test_repr_shows_no_url() -> None:
    settings = read_settings({"FOURPASS_DATABASE_URL": "postgresql://a:hunter22@db/x"}, NOTHING)

    assert "hunter22" not in repr(settings)


def test_url_that_a_part_needs_is_refused_when_missing() -> None:
    with pytest.raises(RefusedError, match="FOURPASS_DATABASE_URL is not set"):
        required_url({}, "FOURPASS_DATABASE_URL")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://app:hunter22@db.example:5432/x", "db.example:5432"),
        ("redis://default:hunter22@127.0.0.1:6379/0", "127.0.0.1:6379"),
        ("unix://default:hunter22@/run/valkey.sock", "/run/valkey.sock"),
    ],
)
def test_address_is_shown_without_who_we_are_there(url: str, shown: str) -> None:
    assert shown_address(url) == shown
