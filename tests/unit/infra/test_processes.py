from __future__ import annotations

import sys

from infra.local.listening import listening
from infra.local.logins import APP
from infra.local.processes import OwnProcess, own_processes, shown_apart
from infra.local.settings import LocalSettings
from infra.local.stack import child_environment, commands

LONGEST_STOP_S = 20


def an_edge(*, is_listening: bool = True) -> OwnProcess:
    return OwnProcess(
        name="edge",
        arguments=("edge",),
        role=APP,
        ready_line="edge_ready",
        stop_within_s=4,
        is_listening=is_listening,
    )


def test_process_is_a_fourpass_command_of_this_interpreter() -> None:
    with listening("127.0.0.1", 0) as bound:
        (command,) = commands(an_edge(), {"A": "b"}, bound)

    assert command.argv == (sys.executable, "-m", "infra.local.cli", "edge")
    assert command.environ == {"A": "b"}
    assert command.is_ours


def test_listening_process_inherits_the_socket_that_it_is_told_of() -> None:
    with listening("127.0.0.1", 0) as bound:
        (command,) = commands(an_edge(), {}, bound)
        told = child_environment(LocalSettings(), bound)

        assert command.pass_fds == (int(told["FOURPASS_LISTEN_FD"]),)
        assert told["FOURPASS_PORT"] == str(bound.getsockname()[1])


def test_other_process_inherits_nothing() -> None:
    with listening("127.0.0.1", 0) as bound:
        (command,) = commands(an_edge(is_listening=False), {}, bound)

    assert (command.pass_fds, command.address) == ((), None)


def test_all_processes_together_end_within_the_promised_time() -> None:
    stops = [process.stop_within_s for process in own_processes(LocalSettings())]

    assert sum(stops) <= LONGEST_STOP_S


def test_several_of_a_kind_are_numbered() -> None:
    edge = own_processes(LocalSettings(edge_processes=2))[-1]

    assert edge.names == ("edge-1", "edge-2")


def test_intake_starts_last_and_so_ends_first() -> None:
    assert own_processes(LocalSettings())[-1].is_listening


def test_several_edges_show_their_metrics_on_ports_that_follow_one_another() -> None:
    edge = own_processes(LocalSettings(edge_processes=2))[-1]
    told = {"FOURPASS_EDGE_METRICS_ADDRESS": "[::1]:9465", "A": "b"}

    with listening("127.0.0.1", 0) as bound:
        made = commands(edge, told, bound)

    shown = [(command.environ or {})["FOURPASS_EDGE_METRICS_ADDRESS"] for command in made]
    assert shown == ["[::1]:9465", "[::1]:9466"]


def test_address_that_is_none_is_left_for_the_edge_to_refuse() -> None:
    wrong = {"FOURPASS_EDGE_METRICS_ADDRESS": "nine"}

    assert shown_apart(wrong, 1) == wrong
    assert shown_apart({}, 1) == {}
