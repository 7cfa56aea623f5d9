from __future__ import annotations

import errno
import itertools
import os
import signal
import sys
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from infra.local.errors import PartFailedError
from infra.local.supervising.parts import Command, PartState
from infra.local.supervising.supervisor import Supervisor, supervised
from tests.integration.embedded.watching import family, is_alive, until, until_state

if TYPE_CHECKING:
    from infra.local.supervising.parts import Part

pytestmark = pytest.mark.anyio

SERVES = "import time; print('serving', flush=True); time.sleep(60)"


def a_command(
    program: str,
    *,
    ready_line: str | None = "serving",
    stop_within_s: float = 5.0,
    ready_within_s: float = 10.0,
    standard_input: bytes = b"",
) -> Command:
    return Command(
        name="toy",
        argv=(sys.executable, "-c", program),
        ready_line=ready_line,
        stop_within_s=stop_within_s,
        ready_within_s=ready_within_s,
        standard_input=standard_input,
    )


async def test_part_is_ready_once_it_says_so() -> None:
    async with supervised(Supervisor(a_command(SERVES))) as part:
        assert part.state is PartState.READY
        assert part.pid is not None


async def test_part_is_told_to_stop_and_waited_for() -> None:
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)))\n"
        + SERVES
    )
    async with supervised(Supervisor(a_command(program))) as part:
        pid = part.pid or 0

    assert not is_alive(pid)
    assert part.state is PartState.STOPPED


async def test_part_that_does_not_stop_is_killed_with_its_children() -> None:
    program = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n" + SERVES
    )
    async with supervised(Supervisor(a_command(program, stop_within_s=0.2))) as part:
        pids = family(part.pid or 0)

    assert len(pids) == 2
    await until(lambda: not any(map(is_alive, pids)))


async def test_part_that_fails_at_its_first_start_is_told_with_its_last_words() -> None:
    with pytest.raises(PartFailedError, match="no such table"):
        async with supervised(Supervisor(a_command("raise SystemExit('no such table')"))):
            pass


async def test_part_that_never_becomes_ready_is_given_up_and_killed() -> None:
    seen: list[int] = []

    def note(part: Part) -> None:
        seen.extend([part.pid] if part.pid else [])

    command = a_command("import time; time.sleep(60)", ready_within_s=0.3)
    with pytest.raises(PartFailedError, match="not ready after"):
        async with supervised(Supervisor(command, on_change=note)):
            pass

    assert not is_alive(seen[0])


async def test_part_that_dies_later_is_started_again() -> None:
    async with supervised(Supervisor(a_command(SERVES))) as part:
        killed = part.pid or 0

        os.kill(killed, signal.SIGKILL)
        await until_state(part, PartState.READY, other_than=killed)

        assert is_alive(part.pid or 0)


async def test_start_that_the_machine_has_no_room_for_is_tried_again() -> None:
    starts = itertools.count()

    async def find_room() -> None:
        if next(starts) in {1, 2}:
            raise OSError(errno.ENOSPC, "No space left on device")

    supervisor = Supervisor(a_command(SERVES), before_start=find_room)
    async with supervised(supervisor) as part:
        killed = part.pid or 0

        os.kill(killed, signal.SIGKILL)
        await until_state(part, PartState.READY, other_than=killed)

        assert is_alive(part.pid or 0)


async def test_first_start_without_room_is_told_in_the_machines_words() -> None:
    async def find_room() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(PartFailedError, match="No space left"):
        async with supervised(Supervisor(a_command(SERVES), before_start=find_room)):
            pass


async def test_part_that_keeps_dying_is_started_ever_more_slowly() -> None:
    starts: list[float] = []

    def note(part: Part) -> None:
        if part.state is PartState.STARTING and part.pid:
            starts.append(anyio.current_time())

    program = "print('serving', flush=True)"
    async with supervised(Supervisor(a_command(program), on_change=note)):
        await until(lambda: len(starts) >= 4)

    pauses = [later - sooner for sooner, later in itertools.pairwise(starts)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 0.4


async def test_every_change_is_noted() -> None:
    states: list[PartState] = []

    async with supervised(
        Supervisor(a_command(SERVES), on_change=lambda part: states.append(part.state))
    ):
        pass

    assert states == [PartState.STARTING, PartState.READY, PartState.STOPPING, PartState.STOPPED]


async def test_settings_go_through_standard_input() -> None:
    program = "import sys; print('serving' if sys.stdin.read() == 'key' else 'no')\n" + SERVES[13:]

    command = a_command("import time\n" + program, standard_input=b"key")
    async with supervised(Supervisor(command)) as part:
        assert part.state is PartState.READY


async def test_error_of_the_body_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        async with supervised(Supervisor(a_command(SERVES))):
            _ = 1 / 0


async def test_part_that_talks_a_lot_while_it_stops_is_listened_to() -> None:
    program = (
        "import signal, sys, time\n"
        "def talk(*_):\n"
        "    for _ in range(3000): print('x' * 100, flush=True)\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, talk)\n" + SERVES
    )
    async with supervised(Supervisor(a_command(program, stop_within_s=10))):
        began = anyio.current_time()

    assert anyio.current_time() - began < 5


async def test_parts_end_in_reverse_order_also_when_everything_is_cancelled() -> None:
    ended: list[str] = []
    slow = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), sys.exit(0)))\n" + SERVES
    )

    def note(part: Part) -> None:
        if part.state is PartState.STOPPED:
            ended.append(part.name)

    def a_supervisor(name: str, program: str) -> Supervisor:
        command = msgspec.structs.replace(a_command(program), name=name)
        return Supervisor(command, on_change=note)

    with anyio.CancelScope() as everything:
        async with (
            supervised(a_supervisor("store", SERVES)),
            supervised(a_supervisor("edge", slow)),
        ):
            everything.cancel()
            await anyio.sleep_forever()

    assert ended == ["edge", "store"]


async def test_parts_opened_together_are_all_ready_and_all_end() -> None:
    supervisors = [Supervisor(a_command(SERVES)) for _ in range(2)]

    async with supervised(*supervisors):
        states = [supervisor.part.state for supervisor in supervisors]

    assert states == [PartState.READY] * 2
    assert [supervisor.part.state for supervisor in supervisors] == [PartState.STOPPED] * 2


async def test_one_of_several_that_fails_ends_the_others() -> None:
    good, bad = Supervisor(a_command(SERVES)), Supervisor(a_command("raise SystemExit('no')"))

    with pytest.raises(PartFailedError):
        async with supervised(good, bad):
            pass

    assert good.part.state is PartState.STOPPED


@pytest.mark.parametrize(("code", "ours"), [(78, 78), (1, 1), (3, 1)])
async def test_refusal_of_a_part_is_a_refusal_of_the_whole(code: int, ours: int) -> None:
    with pytest.raises(PartFailedError) as failed:
        async with supervised(Supervisor(a_command(f"raise SystemExit({code})"))):
            pass

    assert failed.value.exit_code == ours
