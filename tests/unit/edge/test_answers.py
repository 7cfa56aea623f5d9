"""What Prometheus is told of alerts' answers, of which the record knows nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from edge.alerts import webhooks
from edge.kept.answers import Answers
from handlers.errors import StoreUnavailableError
from tests.unit.edge.house import a_house, an_alert
from tests.unit.handlers.observing.told import Meters

if TYPE_CHECKING:
    from tests.unit.edge.house import House
    from tests.unit.handlers.observing.told import Labels

pytestmark = pytest.mark.anyio

ANSWERED, LATE = "fourpass.alerts.answered", "fourpass.alerts.answered.late"


def shown(answers: Answers, name: str) -> dict[Labels, float]:
    meters = Meters()
    answers.show(meters)  # pyright: ignore[reportArgumentType] - remembers instead
    return meters.read(name)


def by_status(house: House) -> dict[str, float]:
    return {dict(labels)["status"]: count
            for labels, count in shown(house.ports.answers, ANSWERED).items()}  # fmt: skip


def test_what_is_watched_for_growth_begins_at_nothing() -> None:
    assert shown(Answers(), ANSWERED) == {(("status", "202"),): 0, (("status", "503"),): 0}
    assert shown(Answers(), LATE) == {(): 0}


@pytest.mark.parametrize(("took_s", "late"), [(0.5, 0), (0.51, 1)])
def test_answer_that_took_more_than_half_a_second_is_late(took_s: float, late: int) -> None:
    answers = Answers()

    answers.count(202, took_s)

    assert shown(answers, LATE) == {(): late}


async def test_every_alert_is_counted_by_its_answer_and_no_trial() -> None:
    async with a_house() as house:
        await house.alert(an_alert())
        await house.alert(an_alert(quantity="-1"))
        await house.alert(an_alert(), path=f"{house.hook}/dry-run")

        assert by_status(house) == {"202": 1, "503": 0, "400": 1}


async def test_alert_that_is_not_recorded_is_counted_and_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_house() as house:

        async def full(*_: object) -> Any:
            house.clock.go_on(timedelta(seconds=1))
            raise StoreUnavailableError("No space left on device")

        monkeypatch.setattr(webhooks, "take_in", full)
        with capture_logs() as logs:
            await house.alert(an_alert())

        assert by_status(house) == {"202": 0, "503": 1}
        assert shown(house.ports.answers, LATE) == {(): 1}
    [line] = logs
    assert (line["event"], line["log_level"], line["status"]) == (
        "alert_not_recorded",
        "error",
        503,
    )
    assert line["why"] == "StoreUnavailableError: No space left on device"
    assert line["trace_id"]
