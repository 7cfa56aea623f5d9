"""How the replies of several signals become one."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from edge.alerts.replies import SignalReply, answer_signals


def a_reply(status: str, *, n: int = 1) -> SignalReply:
    return SignalReply(
        status=status,
        signal_id=UUID(int=n),
        trace_id="t",
        dialect="plain",
        orders=(),
        warnings=("no_time", f"w{n}"),
        code="rate_limited" if status == "rejected" else None,
    )


@pytest.mark.parametrize(
    ("statuses", "status", "outcome"),
    [
        (["accepted"], 202, "accepted"),
        (["duplicate"], 200, "duplicate"),
        (["rejected"], 200, "rejected"),
        (["duplicate", "accepted"], 202, "accepted"),
        (["duplicate", "rejected"], 200, "rejected"),
        (["duplicate", "duplicate"], 200, "duplicate"),
    ],
)
def test_best_outcome_is_the_whole_alerts(statuses: list[str], status: int, outcome: str) -> None:
    answer = answer_signals(tuple(a_reply(one, n=n) for n, one in enumerate(statuses)))

    assert (answer.status, answer.outcome) == (status, outcome)


def test_one_signal_is_answered_without_a_list() -> None:
    said = msgspec.json.decode(answer_signals((a_reply("accepted"),)).body)

    assert "signals" not in said


def test_several_signals_are_listed_and_their_warnings_said_once() -> None:
    said = msgspec.json.decode(
        answer_signals((a_reply("accepted", n=1), a_reply("accepted", n=2))).body
    )

    assert [one["signal_id"] for one in said["signals"]] == [str(UUID(int=1)), str(UUID(int=2))]
    assert said["signal_id"] == str(UUID(int=1))
    assert said["warnings"] == ["no_time", "w1", "w2"]
