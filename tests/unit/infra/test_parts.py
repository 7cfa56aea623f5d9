from __future__ import annotations

from datetime import UTC, datetime, timedelta

from infra.local.supervising.parts import Command, Part, PartState


class SteppingClock:
    def __init__(self) -> None:
        self.instant = datetime(2026, 1, 2, tzinfo=UTC)

    def now(self) -> datetime:
        self.instant += timedelta(seconds=1)
        return self.instant

    def monotonic(self) -> float:
        return self.instant.timestamp()


def test_since_counts_from_the_last_change() -> None:
    part = Part("edge", None, clock=SteppingClock(), on_change=lambda _: None)

    part.become(PartState.READY, pid=7)

    assert part.status().since == datetime(2026, 1, 2, 0, 0, 2, tzinfo=UTC)


def test_change_is_told_after_it_is_made() -> None:
    seen: list[tuple[PartState, int | None]] = []
    part = Part(
        "edge",
        None,
        clock=SteppingClock(),
        on_change=lambda changed: seen.append((changed.state, changed.pid)),
    )

    part.become(PartState.READY, pid=7)
    part.become(PartState.STOPPED)

    assert seen == [(PartState.READY, 7), (PartState.STOPPED, None)]


def test_repr_of_a_command_shows_neither_environment_nor_input() -> None:
    command = Command(
        name="edge", argv=("/bin/x", "hunter22"), environ={"A": "hunter22"},
        standard_input=b"hunter22",
    )  # fmt: skip

    assert "hunter22" not in repr(command)
