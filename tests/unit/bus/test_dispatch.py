"""The dispatcher runs, publishes, settles, in this order and whatever happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import anyio
import msgspec
import pytest

from bus.dispatch import Dispatcher, Middleware, Publishing, dedup_id_of
from bus.envelope import Envelope, InTrace, Result, as_ns, seal
from bus.messages import Message, StartWorker, StopWorker, VerifyFills, VerifyOrder
from bus.middleware import deadline, expired
from bus.values import AccountId, OrderId, SystemClock, UserId
from bus.verdicts import Ack, DeadLetter, Retry, Verdict
from tests.unit.bus.noted import Delivered, Post

pytestmark = pytest.mark.anyio

_CLOCK = SystemClock()
_USER = UserId(uuid4())
_ORDER = OrderId(uuid4())
_ACCOUNT = AccountId(uuid4())

Handler = Callable[[StopWorker, list[str]], Awaitable[Sequence[Result]]]


async def _returns_start(_: StopWorker, diary: list[str]) -> Sequence[Message]:
    diary.append("handle")
    return [StartWorker(user_id=_USER, cause=None, deadline=datetime(2030, 1, 1, tzinfo=UTC))]


async def _returns_another_trace(_: StopWorker, diary: list[str]) -> Sequence[Result]:
    diary.append("handle")
    stop = StopWorker(user_id=_USER, reason="")
    return [InTrace(message=stop, traceparent="00-3-4-01"), stop]


async def _returns_nothing(_: StopWorker, diary: list[str]) -> Sequence[Message]:
    diary.append("handle")
    return []


async def _fails(_: StopWorker, diary: list[str]) -> Sequence[Message]:
    diary.append("handle")
    raise LookupError("gone")


def _judge(error: Exception) -> Verdict:
    match error:
        case LookupError():
            return DeadLetter(reason=str(error))
        case _:
            return Retry(after=timedelta(seconds=2), reason=type(error).__name__)


def _letter(*, ends: datetime | None = None, traceparent: str = "") -> Envelope:
    return seal(
        StopWorker(user_id=_USER, reason=""),
        clock=_CLOCK,
        dedup_id="d",
        deadline=ends,
        traceparent=traceparent,
    )


async def test_results_are_published_before_the_delivery_is_acknowledged() -> None:
    diary: list[str] = []
    dispatcher = _dispatcher(_returns_start, diary)

    verdict = await dispatcher.dispatch(Delivered(_letter(), diary))

    assert diary == ["handle", "publish worker-control", "ack"]
    assert verdict == Ack()


async def test_a_failure_is_settled_as_judged() -> None:
    diary: list[str] = []

    await _dispatcher(_fails, diary).dispatch(Delivered(_letter(), diary))

    assert diary == ["handle", "dead gone"]


async def test_a_message_without_a_handler_is_judged() -> None:
    diary: list[str] = []
    dispatcher = Dispatcher(
        {}, diary, judge=_judge, publish=Publishing(Post(diary), _CLOCK), middleware=()
    )

    await dispatcher.dispatch(Delivered(_letter(), diary))

    assert diary == ["retry 2 UnroutableError"]


async def test_a_delivery_whose_results_cannot_be_published_is_judged() -> None:
    diary: list[str] = []
    dispatcher = _dispatcher(_returns_start, diary, post=Post(diary, is_away=True))

    await dispatcher.dispatch(Delivered(_letter(), diary))

    assert diary == ["handle", "retry 2 TransportUnavailableError"]


async def test_a_delivery_that_cannot_be_settled_is_left_to_come_again() -> None:
    diary: list[str] = []
    dispatcher = _dispatcher(_returns_nothing, diary)

    verdict = await dispatcher.dispatch(Delivered(_letter(), diary, is_cut_off=True))

    assert verdict == Ack()
    assert diary == ["handle"]


async def test_a_cancelled_handler_settles_nothing() -> None:
    diary: list[str] = []

    async def waits(_: StopWorker, diary: list[str]) -> Sequence[Message]:
        diary.append("handle")
        await anyio.sleep_forever()
        return []

    with anyio.move_on_after(0.01):
        await _dispatcher(waits, diary).dispatch(Delivered(_letter(), diary))

    assert diary == ["handle"]


async def test_results_carry_the_trace_and_their_own_deadline() -> None:
    diary: list[str] = []
    post = Post(diary)
    cause = _letter(traceparent="00-1-2-01")

    await _dispatcher(_returns_start, diary, post=post).dispatch(Delivered(cause, diary))

    ((_, envelope),) = post.published
    assert envelope.traceparent == "00-1-2-01"
    assert envelope.deadline_ns == as_ns(datetime(2030, 1, 1, tzinfo=UTC))


async def test_result_in_a_trace_of_its_own_is_sent_in_that_one() -> None:
    diary: list[str] = []
    post = Post(diary)
    cause = _letter(traceparent="00-1-2-01")

    await _dispatcher(_returns_another_trace, diary, post=post).dispatch(Delivered(cause, diary))

    assert [envelope.traceparent for _, envelope in post.published] == ["00-3-4-01", "00-1-2-01"]


async def test_a_repeated_delivery_publishes_the_same_dedup_ids() -> None:
    diary: list[str] = []
    post = Post(diary)
    dispatcher = _dispatcher(_returns_start, diary, post=post)
    cause = _letter()

    for attempt in (1, 2):
        again = msgspec.structs.replace(cause, attempt=attempt)
        await dispatcher.dispatch(Delivered(again, diary))

    first, second = (envelope.dedup_id for _, envelope in post.published)
    assert first == second


def test_results_of_different_envelopes_differ_in_their_dedup_ids() -> None:
    result = StopWorker(user_id=_USER, reason="")

    assert len({dedup_id_of(result, cause=_letter(), index=0) for _ in range(2)}) == 2


def test_results_of_one_envelope_differ_in_their_dedup_ids() -> None:
    result, cause = StopWorker(user_id=_USER, reason=""), _letter()

    assert len({dedup_id_of(result, cause=cause, index=index) for index in range(2)}) == 2


def test_a_verification_is_the_same_whatever_led_to_it() -> None:
    result = VerifyOrder(user_id=_USER, order_id=_ORDER, account_id=_ACCOUNT, attempt=3)

    assert dedup_id_of(result, cause=_letter(), index=0) == f"verify:{_ORDER}:3"


def test_dedup_ids_fit_into_every_queue() -> None:
    result = VerifyFills(user_id=_USER, order_id=_ORDER, account_id=_ACCOUNT, attempt=3)

    assert len(dedup_id_of(result, cause=_letter(), index=99)) <= 128


async def test_an_expired_message_is_done_without_its_handler() -> None:
    diary: list[str] = []
    past = _CLOCK.now() - timedelta(seconds=1)
    dispatcher = _dispatcher(_returns_nothing, diary, middleware=[expired(_CLOCK)])

    await dispatcher.dispatch(Delivered(_letter(ends=past), diary))

    assert diary == ["ack"]


async def test_a_message_before_its_deadline_is_handled() -> None:
    diary: list[str] = []
    future = _CLOCK.now() + timedelta(seconds=60)
    dispatcher = _dispatcher(_returns_nothing, diary, middleware=[expired(_CLOCK)])

    await dispatcher.dispatch(Delivered(_letter(ends=future), diary))

    assert diary == ["handle", "ack"]


@pytest.mark.parametrize("ends_in", [None, 60.0, 0.01])
async def test_a_handler_that_takes_too_long_is_judged(ends_in: float | None) -> None:
    diary: list[str] = []

    async def waits(_: StopWorker, diary: list[str]) -> Sequence[Message]:
        diary.append("handle")
        await anyio.sleep_forever()
        return []

    limit = timedelta(seconds=60 if ends_in == 0.01 else 0.01)
    ends = None if ends_in is None else _CLOCK.now() + timedelta(seconds=ends_in)
    dispatcher = _dispatcher(waits, diary, middleware=[deadline(_CLOCK, limit=limit)])

    await dispatcher.dispatch(Delivered(_letter(ends=ends), diary))

    assert diary == ["handle", "retry 2 TimeoutError"]


def _dispatcher(
    handler: Handler,
    diary: list[str],
    *,
    post: Post | None = None,
    middleware: Sequence[Middleware] = (),
) -> Dispatcher[list[str]]:
    return Dispatcher(
        {StopWorker: handler},
        diary,
        judge=_judge,
        publish=Publishing(post or Post(diary), _CLOCK),
        middleware=middleware,
    )
