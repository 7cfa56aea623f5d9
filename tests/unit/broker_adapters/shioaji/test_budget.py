"""What may be asked of SinoPac, on a clock of the test's own."""

from __future__ import annotations

from datetime import timedelta

from broker_adapters.shioaji.budget import Budget, Logins, Share, Window


def test_window_is_free_again_when_its_first_is_old_enough() -> None:
    window = Window(2, 10.0)
    window.take(0.0)
    window.take(4.0)

    assert window.wait_s(5.0) == 5.0
    assert window.wait_s(10.0) == 0.0


def test_two_at_once_wait_for_both() -> None:
    window = Window(2, 10.0)
    window.take(0.0)
    window.take(4.0)

    assert window.wait_s(5.0, n=2) == 9.0


def test_orders_leave_room_for_looks_and_looks_for_cancels() -> None:
    budget = Budget()
    budget.take(0.0, n=140)

    assert budget.wait(1.0, Share.ORDER) == timedelta(seconds=9.05)
    assert budget.wait(1.0, Share.LOOK) is None
    budget.take(1.0, n=30)
    assert budget.wait(1.0, Share.LOOK) is not None
    assert budget.wait(1.0, Share.CANCEL) is None


def test_nothing_goes_beyond_the_whole_budget() -> None:
    budget = Budget()
    budget.take(0.0, n=200)

    assert all(budget.wait(1.0, share) for share in Share)


def test_accounting_has_a_window_of_its_own() -> None:
    budget = Budget()

    assert [budget.may_ask(0.0) for _ in range(21)] == [True] * 20 + [False]
    assert budget.may_ask(5.0)


def test_suspension_is_waited_out_for_more_than_a_minute() -> None:
    logins = Logins(seed=1)

    logins.suspend(100.0)

    assert 61.0 <= logins.wait_s(100.0) <= 75.0
    assert logins.wait_s(176.0) == 0.0


def test_session_ended_once_is_opened_at_once() -> None:
    logins = Logins(seed=1)

    assert not logins.note_taken(0.0)
    assert logins.wait_s(0.0) == 0.0


def test_session_ended_twice_within_minutes_is_left_alone() -> None:
    logins = Logins(seed=1)
    logins.note_taken(0.0)

    assert logins.note_taken(500.0)
    assert logins.wait_s(500.0) == 300.0


def test_session_ended_once_a_day_is_no_fight() -> None:
    logins = Logins(seed=1)
    logins.note_taken(0.0)

    assert not logins.note_taken(86_400.0)
