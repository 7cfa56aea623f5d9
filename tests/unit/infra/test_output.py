from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.testing import capture_logs

from infra.local.supervising.output import pass_on
from infra.local.supervising.parts import Command

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def whole_log() -> Iterator[None]:
    """Let every level through, whatever a process that ran here before has set."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


def a_command(*, is_ours: bool) -> Command:
    return Command(name="edge", argv=("/bin/edge",), is_ours=is_ours)


def test_json_line_of_ours_is_passed_on_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    pass_on(a_command(is_ours=True), '{"event":"x"}')

    assert capsys.readouterr().err == '{"event":"x"}\n'


def test_readable_line_of_ours_begins_with_its_part(capsys: pytest.CaptureFixture[str]) -> None:
    pass_on(a_command(is_ours=True), "alert_received")

    assert capsys.readouterr().err.strip() == "edge | alert_received"


@pytest.mark.parametrize(
    ("line", "level"),
    [("LOG:  checkpoint starting", "debug"), ("FATAL:  out of disk", "warning")],
)
def test_foreign_line_is_as_important_as_it_sounds(line: str, level: str) -> None:
    with capture_logs() as events:
        pass_on(a_command(is_ours=False), line)

    assert [event["log_level"] for event in events] == [level]
    assert events[0]["line"] == line
