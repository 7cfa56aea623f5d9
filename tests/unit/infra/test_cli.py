from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from infra.local import cli
from infra.local.commands import status
from infra.local.errors import AddressInUseError, LocalError, RefusedError, as_local

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable


class NamesItsVariableError(Exception):
    variable = "FOURPASS_PORT"


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int]], None]:
    def replace(act: Callable[[], int]) -> None:
        def run(_arguments: Namespace, _environment: dict[str, str]) -> int:
            return act()

        monkeypatch.setattr(status, "run", run)

    return replace


def raising(error: BaseException) -> Callable[[], int]:
    def act() -> int:
        raise error

    return act


@pytest.mark.parametrize("verb", cli.VERBS, ids=lambda verb: verb.name)
def test_every_command_has_a_module_that_runs_it(verb: cli.Verb) -> None:
    assert callable(import_module(f"infra.local.commands.{verb.module}").run)


def test_code_of_the_command_is_the_exit_code(
    command_that: Callable[[Callable[[], int]], None],
) -> None:
    command_that(lambda: 3)

    assert cli.main(["status"]) == 3


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AddressInUseError("port 1 is taken"), 1),
        (RefusedError("FOURPASS_PORT is odd"), 78),
        (NamesItsVariableError("FOURPASS_PORT is odd"), 78),
    ],
)
def test_expected_error_is_one_line_and_its_own_code(
    command_that: Callable[[Callable[[], int]], None],
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
) -> None:
    command_that(raising(error))

    assert cli.main(["status"]) == code
    assert capsys.readouterr().err == f"fourpass: {error}\n"


def test_defect_keeps_its_traceback(command_that: Callable[[Callable[[], int]], None]) -> None:
    command_that(raising(KeyError("order")))

    with pytest.raises(KeyError):
        cli.main(["status"])


def test_interrupted_command_says_so_by_its_code(
    command_that: Callable[[Callable[[], int]], None],
) -> None:
    command_that(raising(KeyboardInterrupt()))

    assert cli.main(["status"]) == 130


def test_word_is_plain_away_from_a_terminal() -> None:
    assert cli.painted("fourpass:", cli.RED) == "fourpass:"


def test_word_is_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stderr", SimpleNamespace(isatty=lambda: True))

    assert cli.painted("x", cli.RED) == "\x1b[31mx\x1b[0m"


@pytest.mark.parametrize("line", [[], ["fly"], ["up", "--port", "x"], ["up", "--queues", "mail"]])
def test_wrong_line_is_refused_with_exit_2(line: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(line)

    assert left.value.code == 2


def test_explain_takes_a_file_or_standard_input() -> None:
    assert cli.parser().parse_args(["signal", "explain"]).file == "-"
    assert cli.parser().parse_args(["signal", "explain", "a.json"]).file == "a.json"


def test_options_of_up_are_read() -> None:
    line = ["up", "--port", "9", "--no-demo", "--queues", "sqs"]

    arguments: Namespace = cli.parser().parse_args(line)

    assert (arguments.port, arguments.no_demo, arguments.queues) == (9, True, "sqs")


def test_unexpected_error_is_none_of_ours() -> None:
    assert as_local(KeyError("x")) is None
    assert isinstance(as_local(LocalError("x")), LocalError)
