from __future__ import annotations

from infra.local.supervising.supervisor import sole_error


def test_error_is_taken_out_of_groups_that_hold_nothing_else() -> None:
    error = ValueError("x")

    assert sole_error(ExceptionGroup("a", [ExceptionGroup("b", [error])])) is error


def test_group_of_several_errors_stays() -> None:
    group = ExceptionGroup("a", [ValueError("x"), KeyError("y")])

    assert sole_error(ExceptionGroup("b", [group])) is group


def test_plain_error_is_itself() -> None:
    error = ValueError("x")

    assert sole_error(error) is error
